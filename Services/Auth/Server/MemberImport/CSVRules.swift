/// Reads comma-separated values (RFC 4180). Lines end with CRLF or LF; a mark of the byte order is passed over.
struct CSVTable: Equatable {
    struct Row: Equatable {
        /// On which line of the file it begins, from 1.
        var line: Int
        var fields: [String]
    }

    var rows: [Row]

    /// What breaks the form of the file, after which nothing in it can be told apart.
    struct Broken: Error, Equatable {
        var line: Int
        var reason: String
    }

    /// - Parameter limit: How many rows there may be.
    init(_ text: String, limit: Int) throws(Broken) {
        var reader = Reader(text)
        rows = []
        while let row = try reader.row() {
            // A line with nothing on it is no row.
            if row.fields == [""] { continue }
            guard rows.count < limit else { throw Broken(line: row.line, reason: "there must be at most \(limit) rows") }
            rows.append(row)
        }
    }
}

extension CSVTable {
    /// Byte by byte: what means something in the format is ASCII, and no part of another character.
    private struct Reader {
        private var bytes: Substring.UTF8View
        private var line = 1

        init(_ text: String) { bytes = (text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]).utf8 }

        /// Nil at the end.
        mutating func row() throws(Broken) -> Row? {
            guard !bytes.isEmpty else { return nil }
            var row = Row(line: line, fields: [])
            while true {
                row.fields.append(bytes.first == Self.quote ? try quoted() : try plain())
                guard let end = bytes.popFirst() else { return row }
                if end == Self.comma {
                    if bytes.isEmpty {
                        row.fields.append("")
                        return row
                    }
                    continue
                }
                if end == Self.carriageReturn { _ = bytes.popFirst() }
                line += 1
                return row
            }
        }

        private mutating func plain() throws(Broken) -> String {
            var field: [UInt8] = []
            while let byte = bytes.first, byte != Self.comma, !isLineEnd {
                guard byte != Self.quote else { throw Broken(line: line, reason: "a quote stands inside a value that is not quoted") }
                field.append(byte)
                bytes.removeFirst()
            }
            return String(decoding: field, as: UTF8.self)
        }

        private mutating func quoted() throws(Broken) -> String {
            let start = line
            var field: [UInt8] = []
            bytes.removeFirst()
            while let byte = bytes.popFirst() {
                if byte == Self.lineFeed { line += 1 }
                guard byte == Self.quote else {
                    field.append(byte)
                    continue
                }
                if bytes.first == Self.quote {
                    field.append(byte)
                    bytes.removeFirst()
                } else if bytes.isEmpty || bytes.first == Self.comma || isLineEnd {
                    return String(decoding: field, as: UTF8.self)
                } else {
                    throw Broken(line: line, reason: "something follows the quote that ends a value")
                }
            }
            throw Broken(line: start, reason: "a quote is never closed")
        }

        private var isLineEnd: Bool {
            bytes.first == Self.lineFeed || (bytes.first == Self.carriageReturn && bytes.dropFirst().first == Self.lineFeed)
        }

        private static let quote = UInt8(ascii: "\"")
        private static let comma = UInt8(ascii: ",")
        private static let lineFeed = UInt8(ascii: "\n")
        private static let carriageReturn = UInt8(ascii: "\r")
    }
}
