import ContractKit
import Foundation
import TestSupport

@testable import SystemSupport

/// Bytes over a socket, for what no client would send.
enum Wire {
    /// Sends `text` and waits until the other side closes, or has answered as often as `answers` says.
    /// - Returns: all that came back.
    static func exchange(
        _ port: Int, _ text: String, answers: Int = .max, within limit: Duration = .seconds(30)
    ) async throws -> String {
        let client = try await RawClient(port)
        defer { client.close() }
        client.send(text)
        try await eventually("an answer and the end of the connection to: \(text.prefix(300).debugDescription)", within: limit) {
            client.isClosed || (answers != .max && client.answers >= answers && client.text.contains("\r\n\r\n"))
        }
        return client.text
    }
}

/// What the processes of the system have logged.
enum Logs {
    static func data(_ system: PalestraSystem, _ name: String) throws -> Data {
        try Data(contentsOf: try system.instance(name).log, options: .mappedIfSafe)
    }

    static func contain(_ system: PalestraSystem, _ name: String, _ text: String) throws -> Bool {
        try data(system, name).range(of: Data(text.utf8)) != nil
    }

    /// Asks for an address that nobody else asks for, and waits for its line: all earlier ones are written by then.
    static func settle(_ system: PalestraSystem, within limit: Duration = .seconds(60)) async throws {
        let marker = UUID.v7().lowercaseText
        // From where it stood before: the others' lines may fill it quickly.
        let file = try FileHandle(forReadingFrom: try system.instance("edge").log)
        try file.seekToEnd()
        _ = try await Caller(system).get("/v1/\(marker)")
        var tail = Data()
        try await eventually("the log goes on", within: limit) {
            tail = tail.suffix(200) + (try file.readToEnd() ?? Data())
            return tail.range(of: Data(marker.utf8)) != nil
        }
    }
}

/// Looks for errors in what was logged since it last looked: every line is read once, whoever asks.
actor LogWatch {
    static let shared = LogWatch()
    private var read: [String: UInt64] = [:]
    private var found: [String] = []

    /// What the processes called errors so far.
    func complaints(_ system: PalestraSystem) throws -> [String] {
        for name in PalestraSystem.services + ["edge"] {
            let file = try FileHandle(forReadingFrom: try system.instance(name).log)
            try file.seek(toOffset: read[name] ?? 0)
            let bytes = try file.readToEnd() ?? Data()
            try file.close()
            // A line that is not whole yet is read next time.
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            read[name, default: 0] += UInt64(end + 1)
            let lines = bytes[...end]
            for word in [#""level":"error""#, #""level":"critical""#, "Fatal error"] where lines.range(of: Data(word.utf8)) != nil {
                found += lines.split(separator: UInt8(ascii: "\n")).filter { $0.range(of: Data(word.utf8)) != nil }
                    .map { "\(name): \(String(decoding: $0.prefix(600), as: UTF8.self))" }
            }
        }
        return found
    }
}

extension Sequence where Element: Sendable {
    /// Runs `body` for each, so many at once.
    func atOnce(_ width: Int = 8, _ body: @escaping @Sendable (Element) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (index, element) in enumerated() {
                if index >= width { try await tasks.next() }
                tasks.addTask { try await body(element) }
            }
            try await tasks.waitForAll()
        }
    }
}
