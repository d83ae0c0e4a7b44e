import ContractKit
import Foundation
import TestSupport
import Testing

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

    /// Waits until all lines of earlier requests are written. Each of the edge's event loops gathers lines of its own, so it asks on so many
    /// connections that every loop has some of them, and waits for the lines of all.
    static func settle(_ system: PalestraSystem, within limit: Duration = .seconds(60)) async throws {
        let markers = (0..<16 * ProcessInfo.processInfo.processorCount).map { _ in UUID.v7().lowercaseText }
        // From where it stood before: the others' lines may fill it quickly.
        let file = try FileHandle(forReadingFrom: try system.instance("edge").log)
        try file.seekToEnd()
        try await markers.atOnce { marker in
            let answer = try await Wire.exchange(
                system.edgePort, "GET /v1/\(marker) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
        }
        var missing = markers
        var tail = Data()
        try await eventually("the log goes on", within: limit) {
            tail = tail.suffix(200) + (try file.readToEnd() ?? Data())
            missing.removeAll { tail.range(of: Data($0.utf8)) != nil }
            return missing.isEmpty
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
