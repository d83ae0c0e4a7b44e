import Foundation

/// What a program that has ended left behind.
public struct ProcessOutput: Sendable {
    /// Its exit status, or 128 plus the signal that ended it, as shells count.
    public var status: Int32
    public var standardOutput: String
    public var standardError: String
}

/// A program failed, or something that tests need is missing. Reads as one line that says what to do.
public struct TestSupportError: Error, CustomStringConvertible, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Runs a program to its end; blocks no thread of the cooperative pool.
///
/// - Parameters:
///   - program: A path, or a name that is looked up in `PATH`.
///   - environment: Added to the environment of this process.
///   - timeout: After it the program is killed.
/// - Throws: ``TestSupportError`` when it cannot be started. A status other than 0 is not an error: see ``ProcessOutput/checked(_:)``.
public func runProcess(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], input: String = "",
    timeout: Duration = .seconds(180)
) async throws -> ProcessOutput {
    // Files rather than pipes: nobody has to read them while the program runs, and a server it leaves behind keeps no reader waiting.
    let files = try TemporaryDirectory()
    defer { files.remove() }
    let (inputFile, outputFile, errorFile) = (files.url("input"), files.url("output"), files.url("error"))
    try Data(input.utf8).write(to: inputFile)
    try Data().write(to: outputFile)
    try Data().write(to: errorFile)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = Repository.root
    let handles = [
        try FileHandle(forReadingFrom: inputFile), try FileHandle(forWritingTo: outputFile), try FileHandle(forWritingTo: errorFile),
    ]
    // The ended process keeps them open as long as it lives, and Foundation stops noticing ends once descriptors pass 1,024.
    defer { for handle in handles { try? handle.close() } }
    (process.standardInput, process.standardOutput, process.standardError) = (handles[0], handles[1], handles[2])

    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { ended in
            let signalled = ended.terminationReason == .uncaughtSignal
            continuation.resume(returning: ended.terminationStatus + (signalled ? 128 : 0))
        }
        do {
            try process.run()
        } catch {
            process.terminationHandler = nil
            continuation.resume(throwing: TestSupportError("\(program) cannot be started: \(error)"))
            return
        }
        let id = process.processIdentifier
        let nanoseconds = Int(timeout.components.seconds) * 1_000_000_000 + Int(timeout.components.attoseconds / 1_000_000_000)
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak process] in
            if let process, process.isRunning { kill(id, SIGKILL) }
        }
    }
    return ProcessOutput(
        status: status,
        standardOutput: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
        standardError: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
}

extension ProcessOutput {
    /// Its standard output without the last line break.
    /// - Throws: ``TestSupportError`` with what it said, when its status is not 0.
    @discardableResult public func checked(_ what: String) throws -> String {
        guard status == 0 else {
            throw TestSupportError("\(what) failed (\(status)): \(standardError.isEmpty ? standardOutput : standardError)")
        }
        return standardOutput.trimmingCharacters(in: .newlines)
    }
}
