import FileStore
import Foundation
import TestSupport

/// `s3-stand-in.py`, for one test.
struct S3StandIn: Sendable {
    static let accessKeyID = "AKIAIOSFODNN7EXAMPLE"
    static let secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

    let port: Int

    func store(
        bucket: String = "palestra", region: String = "ca-central-1", secret: String = secretAccessKey, limit: Int = 64 << 20,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws -> S3FileStore {
        try S3FileStore(
            endpoint: "http://127.0.0.1:\(port)", bucket: bucket, region: region, accessKeyID: Self.accessKeyID, secretAccessKey: secret,
            limit: limit, now: now)
    }

    /// It runs as long as `body` does.
    static func run(_ body: @Sendable (S3StandIn) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let port = folder.url("port")
            let process = Process()
            // Debian's: botocore comes as its package.
            process.executableURL = URL(filePath: "/usr/bin/python3")
            process.arguments = [Repository.url("Tests/FileStoreTests/s3-stand-in.py").path, port.path]
            let (end, errors) = (Pipe(), folder.url("errors"))
            try Data().write(to: errors)
            process.standardInput = end
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
            defer { try? end.fileHandleForWriting.close() }
            var number: Int?
            for _ in 0..<600 where number == nil {
                let text = (try? String(contentsOf: port, encoding: .utf8)) ?? ""
                if text.hasSuffix("\n") { number = Int(text.dropLast()) }
                guard process.isRunning else { break }
                if number == nil { try await Task.sleep(for: .milliseconds(50)) }
            }
            guard let number else {
                throw TestSupportError("the stand-in for S3 did not start: \((try? String(contentsOf: errors, encoding: .utf8)) ?? "")")
            }
            try await body(S3StandIn(port: number))
        }
    }
}
