import ContractKit
import Foundation
import Glibc
import Synchronization

/// Everything that clients said and were told, one JSON object a line, in the file before the next step is taken.
final class History: Sendable {
    private let file: Int32
    private let count = Atomic(0)

    /// - Throws: `POSIXError` when the file cannot be made.
    init(path: String) throws {
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    /// A number for one call of a client, however often it is repeated.
    func nextCall() -> Int { count.add(1, ordering: .relaxed).newValue }

    func add(_ event: String, _ members: [Member]) {
        var line = "{\"e\":\"\(event)\",\"t\":\(Self.now)"
        for member in members { line += ",\"\(member.name)\":\(member.json)" }
        line += "}\n"
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            // One write a line: lines of several threads do not mix in a file opened for appending.
            let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard written > 0 else { fatalError("the history cannot be written: \(errno)") }
            bytes = bytes.dropFirst(written)
        }
    }

    /// Seconds of the clock that never jumps, the one of Python's `time.monotonic()`.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// A member of a history line.
struct Member {
    var name: String
    var json: String

    init(_ name: String, _ number: Int) { (self.name, json) = (name, "\(number)") }

    init(_ name: String, _ text: String) {
        self.name = name
        json = (try? JSON.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    /// JSON as it came; what is no JSON becomes a text.
    init(_ name: String, bytes: Data) {
        self.init(name, "")
        switch bytes.first {
        case nil: json = "null"
        case UInt8(ascii: "{"), UInt8(ascii: "["): json = String(decoding: bytes, as: UTF8.self).replacing("\n", with: " ")
        default: self = Member(name, String(decoding: bytes.prefix(200), as: UTF8.self))
        }
    }
}
