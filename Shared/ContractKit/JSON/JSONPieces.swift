import Foundation

/// Single values as JSON has them, put behind what is there.
extension [UInt8] {
    mutating func append(json text: String) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var copied = 0
            for index in utf8.indices where Self.needsEscape(utf8[index]) {
                append(contentsOf: utf8[copied..<index])
                escape(utf8[index])
                copied = index + 1
            }
            append(contentsOf: utf8[copied...])
        }
        append(UInt8(ascii: "\""))
    }

    mutating func append(json number: some BinaryInteger) { append(contentsOf: String(number).utf8) }

    mutating func append(json number: Int64) {
        // The smallest number has nineteen digits and a sign.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { text in
            var (rest, start) = (number.magnitude, 20)
            repeat {
                start -= 1
                text[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                start -= 1
                text[start] = UInt8(ascii: "-")
            }
            append(contentsOf: text[start...])
        }
    }

    mutating func append(json id: UUID) { append(quoted: 36) { id.write(to: $0) } }
    mutating func append(json moment: Date) { append(quoted: 24) { Moment.write(moment, to: $0) } }

    /// Puts at most `capacity` bytes between quotes: as many as `write` says.
    private mutating func append(quoted capacity: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity + 2) { text in
            let count = write(UnsafeMutableBufferPointer(rebasing: text[1..<capacity + 1]))
            text[0] = UInt8(ascii: "\"")
            text[count + 1] = UInt8(ascii: "\"")
            append(contentsOf: text[..<(count + 2)])
        }
    }

    private static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): self += [UInt8(ascii: "\\"), byte]
        case 0x08: self += "\\b".utf8
        case 0x09: self += "\\t".utf8
        case 0x0A: self += "\\n".utf8
        case 0x0C: self += "\\f".utf8
        case 0x0D: self += "\\r".utf8
        default:
            let digits = Array("0123456789abcdef".utf8)
            self += "\\u00".utf8
            self += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
