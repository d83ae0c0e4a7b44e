import CLibPQ
import Foundation

extension SQL {
    /// Why libpq cannot take the statement; it would cut a text off at its NUL.
    var refusal: DatabaseError? {
        if values.count > 65535 { return DatabaseError(kind: .server, sqlState: "54023", message: "more than 65535 values") }
        for case .text(let text) in values where text.holdsNUL {
            return DatabaseError(kind: .server, sqlState: "22021", message: "a text holds NUL")
        }
        return nil
    }
}

extension String {
    fileprivate var holdsNUL: Bool {
        utf8.withContiguousStorageIfAvailable { bytes in bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false }
            ?? utf8.contains(0)
    }
}

/// The values of one statement as libpq wants them, in memory that is used again for the next: texts end in NUL, the rest has a length.
struct Parameters {
    private var bytes: [UInt8] = []
    private var offsets: [Int] = []
    private var values: [UnsafePointer<CChar>?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    /// - Parameter types: What the server takes; nil while it has not told, and all but bytes goes as text.
    mutating func set(_ values: [SQLValue], types: [PostgresType]?) {
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        for (index, value) in values.enumerated() { add(value, types.map { $0[index] } ?? .other) }
    }

    private mutating func add(_ value: SQLValue, _ type: PostgresType) {
        let start = bytes.count
        var isBinary = true
        switch value {
        case .null: return add(offset: -1, length: 0, isBinary: false)
        case .bytes(let data): bytes.append(contentsOf: data)
        case .uuid(let id) where type == .uuid: withUnsafeBytes(of: id.uuid) { bytes.append(contentsOf: $0) }
        case .bool(let isTrue) where type == .bool: bytes.append(isTrue ? 1 : 0)
        case .integer(let number) where type == .int8: add(number)
        case .integer(let number) where type == .int4 && Int32(exactly: number) != nil: add(Int32(truncatingIfNeeded: number))
        case .integer(let number) where type == .int2 && Int16(exactly: number) != nil: add(Int16(truncatingIfNeeded: number))
        case .moment(let date):
            if type == .moment, let microseconds = PostgresMoment.microseconds(date) {
                add(microseconds)
            } else {
                bytes.append(contentsOf: PostgresMoment.text(date).utf8)
                isBinary = false
            }
        case .uuid, .bool, .integer, .text:
            bytes.append(contentsOf: value.plain.utf8)
            isBinary = false
        }
        add(offset: start, length: Int32(bytes.count - start), isBinary: isBinary)
        // Also keeps the address of an empty value apart from null.
        bytes.append(0)
    }

    private mutating func add(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func add(offset: Int, length: Int32, isBinary: Bool) {
        offsets.append(offset)
        lengths.append(length)
        formats.append(isBinary ? 1 : 0)
    }

    /// Calls `body` with what libpq's functions take, in their order.
    mutating func withPointers<Result>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        values.removeAll(keepingCapacity: true)
        return bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            for offset in offsets { values.append(offset < 0 ? nil : start?.advanced(by: offset)) }
            return values.withUnsafeBufferPointer { body(Int32($0.count), $0.baseAddress, lengths, formats) }
        }
    }
}
