import Foundation

/// One table that is filled by COPY, in its binary form: neither side prints or parses.
///
/// A row is `begin()` and then a call for each column, in the order in which the columns were named.
final class Table {
    let name: String
    private let columns: String
    private let width: Int16
    private var connection: Connection?
    private var buffer: [UInt8] = []
    private(set) var rows = 0

    private static let portion = 1 << 18
    /// Seconds from 1970 to the year in which PostgreSQL's clock begins.
    private static let epoch: Int64 = 946_684_800

    init(_ name: String, _ columns: String) {
        self.name = name
        self.columns = columns
        width = Int16(columns.split(separator: ",").count)
        buffer.reserveCapacity(Self.portion + (1 << 16))
        buffer += Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
    }

    func begin() throws {
        if buffer.count >= Self.portion { try flush() }
        append(width)
        rows += 1
    }

    func id(_ value: ID) {
        append(Int32(16))
        append(value.high)
        append(value.low)
    }

    func id(_ value: ID?) { if let value { id(value) } else { null() } }

    func int(_ value: Int) {
        append(Int32(4))
        append(Int32(value))
    }

    func int(_ value: Int?) { if let value { int(value) } else { null() } }

    func long(_ value: Int64) {
        append(Int32(8))
        append(value)
    }

    func long(_ value: Int64?) { if let value { long(value) } else { null() } }

    func moment(_ value: Moment) { long(value.micros - Self.epoch * 1_000_000) }
    func moment(_ value: Moment?) { if let value { moment(value) } else { null() } }

    func day(_ value: Day?) { if let value { int(value.number - Int(Self.epoch / 86_400)) } else { null() } }

    func bool(_ value: Bool) {
        append(Int32(1))
        buffer.append(value ? 1 : 0)
    }

    func text(_ value: String) {
        append(Int32(value.utf8.count))
        buffer.append(contentsOf: value.utf8)
    }

    func text(_ value: String?) { if let value { text(value) } else { null() } }

    func json(_ value: String?) {
        guard let value else { return null() }
        append(Int32(value.utf8.count + 1))
        buffer.append(1)
        buffer.append(contentsOf: value.utf8)
    }

    func texts(_ values: [String]) {
        let size = values.isEmpty ? 12 : 20 + values.reduce(0) { $0 + 4 + $1.utf8.count }
        append(Int32(size))
        append(Int32(values.isEmpty ? 0 : 1))
        append(Int32(0))
        // The type text, by number.
        append(Int32(25))
        if values.isEmpty { return }
        append(Int32(values.count))
        append(Int32(1))
        for value in values { text(value) }
    }

    func bytes(_ value: Data) {
        append(Int32(value.count))
        buffer.append(contentsOf: value)
    }

    func null() { append(Int32(-1)) }

    /// Sends the rest. What was sent is seen by nobody before ``commit()``.
    func end() throws {
        append(Int16(-1))
        try flush()
        try connection?.endCopy()
    }

    func commit() throws {
        try connection?.query("commit")
        connection = nil
    }

    private func flush() throws {
        if connection == nil {
            let fresh = try Connection()
            // Foreign keys are not looked up row by row: all are checked at once when everything is there.
            try fresh.query("begin; set local session_replication_role = replica")
            try fresh.query("copy \(name) (\(columns)) from stdin (format binary)")
            connection = fresh
        }
        try connection?.send(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private func append<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.bigEndian) { buffer.append(contentsOf: $0) }
    }
}
