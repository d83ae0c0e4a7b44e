import Foundation

/// Whether bytes are a JSON text (RFC 8259), to tell "that is no JSON" from "that is JSON of another shape".
///
/// Our own, because Foundation's decoder answers both with one error and looks at texts only when they are asked for. It is asked
/// only when decoding has failed.
enum JSONGrammar {
    /// Nesting is refused beyond this, as JSONDecoder does.
    private static let deepest = 512

    static func accepts(_ data: Data) -> Bool {
        guard String(validating: data, as: UTF8.self) != nil else { return false }
        return data.withUnsafeBytes { bytes in
            var reader = Reader(bytes: bytes)
            guard reader.value(depth: 0) else { return false }
            reader.skipSpace()
            return reader.index == bytes.count
        }
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var index = 0

        private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

        mutating func skipSpace() {
            while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            index += 1
            return true
        }

        mutating func value(depth: Int) -> Bool {
            guard depth <= JSONGrammar.deepest else { return false }
            skipSpace()
            switch next {
            case UInt8(ascii: "{"): return members(depth: depth)
            case UInt8(ascii: "["): return elements(depth: depth)
            case UInt8(ascii: "\""): return text()
            case UInt8(ascii: "t"): return word("true")
            case UInt8(ascii: "f"): return word("false")
            case UInt8(ascii: "n"): return word("null")
            default: return number()
            }
        }

        private mutating func members(depth: Int) -> Bool {
            index += 1
            skipSpace()
            if take(UInt8(ascii: "}")) { return true }
            repeat {
                skipSpace()
                guard text() else { return false }
                skipSpace()
                guard take(UInt8(ascii: ":")), value(depth: depth + 1) else { return false }
                skipSpace()
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "}"))
        }

        private mutating func elements(depth: Int) -> Bool {
            index += 1
            skipSpace()
            if take(UInt8(ascii: "]")) { return true }
            repeat {
                guard value(depth: depth + 1) else { return false }
                skipSpace()
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "]"))
        }

        private mutating func word(_ word: String) -> Bool {
            for byte in word.utf8 where !take(byte) { return false }
            return true
        }

        private mutating func text() -> Bool {
            guard take(UInt8(ascii: "\"")) else { return false }
            while let byte = next, byte >= 0x20 {
                index += 1
                if byte == UInt8(ascii: "\"") { return true }
                if byte == UInt8(ascii: "\\"), !escape() { return false }
            }
            return false
        }

        private mutating func escape() -> Bool {
            guard let byte = next else { return false }
            index += 1
            if byte != UInt8(ascii: "u") { return "\"\\/bfnrt".utf8.contains(byte) }
            for _ in 0..<4 {
                guard let digit = next, Character(UnicodeScalar(digit)).isHexDigit else { return false }
                index += 1
            }
            return true
        }

        private mutating func digits() -> Bool {
            let start = index
            while let byte = next, (48...57).contains(byte) { index += 1 }
            return index > start
        }

        private mutating func number() -> Bool {
            _ = take(UInt8(ascii: "-"))
            guard take(UInt8(ascii: "0")) || digits() else { return false }
            if take(UInt8(ascii: ".")), !digits() { return false }
            if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
                if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
                return digits()
            }
            return true
        }
    }
}
