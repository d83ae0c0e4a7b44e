import CLibPQ

extension SQL {
    /// Why libpq cannot take the statement; it would cut a text off at its NUL.
    var refusal: DatabaseError? {
        if values.count > 65535 { return DatabaseError(kind: .server, sqlState: "54023", message: "more than 65535 values") }
        for case .text(let text) in values where text.utf8.contains(0) {
            return DatabaseError(kind: .server, sqlState: "22021", message: "a text holds NUL")
        }
        return nil
    }
}

/// The values of a statement as libpq wants them: texts end in NUL, bytes have a length.
struct Parameters {
    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private(set) var lengths: [Int32] = []
    private(set) var formats: [Int32] = []

    init(_ values: [SQLValue]) {
        for value in values {
            switch value {
            case .null: add(nil, length: 0, format: 0)
            case .text(let text):
                add(bytes.count, length: Int32(text.utf8.count), format: 0)
                bytes.append(contentsOf: text.utf8)
                bytes.append(0)
            case .bytes(let data):
                add(bytes.count, length: Int32(data.count), format: 1)
                bytes.append(contentsOf: data)
                // Also keeps the address of an empty value apart from null.
                bytes.append(0)
            }
        }
    }

    private mutating func add(_ offset: Int?, length: Int32, format: Int32) {
        offsets.append(offset)
        lengths.append(length)
        formats.append(format)
    }

    var count: Int32 { Int32(offsets.count) }

    func withPointers<Result>(_ body: (_ values: [UnsafePointer<CChar>?]) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            return body(offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } })
        }
    }
}
