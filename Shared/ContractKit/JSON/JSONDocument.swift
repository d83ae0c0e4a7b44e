import Foundation

/// A JSON text (RFC 8259) that was read once, from beginning to end: which values it holds, and where each stands.
///
/// Two members of an object with one name are refused, as by I-JSON (RFC 7493): readers would differ in which they take.
///
/// A value comes before those inside it, a member's name before its value. Nothing is copied but the bytes; a text or number is read when
/// it is asked for.
final class JSONDocument {
    enum Kind: UInt8 {
        case object, array, text, number, yes, no, null
    }

    struct Value {
        let kind: Kind
        /// A text that has to be put together.
        var hasEscapes = false
        /// Of a text without its quotation marks.
        let start: Int
        var end = 0
        /// The number of the value after this one and all that is in it.
        var next = 0
    }

    /// Nesting is refused beyond this: nobody means it, and each level takes some of the stack.
    private static let deepest = 512

    let bytes: [UInt8]
    let values: [Value]
    /// Where the last member of an object was found. Most readers ask for members in the order in which they were written. One task reads
    /// a document, and nothing is called while this changes.
    @exclusivity(unchecked) var found: [Int]
    /// Which element of which array something was last wrong with.
    var lastPlace: (array: Int, index: Int, element: Int)?

    /// - Throws: ``JSON/Malformed``.
    init(_ data: Data) throws(JSON.Malformed) {
        bytes = [UInt8](data)
        var scanner = Scanner(bytes: bytes)
        guard scanner.value(depth: 0), scanner.isAtEnd else { throw JSON.Malformed() }
        values = scanner.values
        found = [Int](repeating: 0, count: values.count)
    }

    private struct Scanner {
        let bytes: [UInt8]
        var values: [Value] = []
        private var index = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
            values.reserveCapacity(bytes.count / 8 + 1)
        }

        private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

        var isAtEnd: Bool {
            mutating get {
                skipSpace()
                return index == bytes.count
            }
        }

        private mutating func skipSpace() {
            while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            index += 1
            return true
        }

        mutating func value(depth: Int) -> Bool {
            guard depth <= JSONDocument.deepest else { return false }
            skipSpace()
            switch next {
            case UInt8(ascii: "{"): return inside(.object) { $0.members(depth: depth + 1) }
            case UInt8(ascii: "["): return inside(.array) { $0.elements(depth: depth + 1) }
            case UInt8(ascii: "\""): return text()
            case UInt8(ascii: "t"): return inside(.yes) { $0.word("true") }
            case UInt8(ascii: "f"): return inside(.no) { $0.word("false") }
            case UInt8(ascii: "n"): return inside(.null) { $0.word("null") }
            default: return inside(.number) { $0.number() }
            }
        }

        private mutating func inside(_ kind: Kind, _ scan: (inout Self) -> Bool) -> Bool {
            let number = values.count
            values.append(Value(kind: kind, start: index))
            guard scan(&self) else { return false }
            values[number].end = index
            values[number].next = values.count
            return true
        }

        private mutating func members(depth: Int) -> Bool {
            let first = values.count
            index += 1
            skipSpace()
            if take(UInt8(ascii: "}")) { return true }
            repeat {
                skipSpace()
                guard text() else { return false }
                skipSpace()
                guard take(UInt8(ascii: ":")), value(depth: depth) else { return false }
                skipSpace()
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "}")) && namesDiffer(from: first)
        }

        private func namesDiffer(from first: Int) -> Bool {
            var names: [ArraySlice<UInt8>] = []
            var number = first
            while number < values.count {
                let name = values[number]
                let written = bytes[name.start..<name.end]
                names.append(name.hasEscapes ? JSONDocument.unescaped(written)?[...] ?? written : written)
                number = values[number + 1].next
            }
            // A type's members are few, and comparing their lengths tells most of them apart.
            if names.count > 32 { return Set(names).count == names.count }
            for (index, name) in names.enumerated() where names[..<index].contains(name) { return false }
            return true
        }

        private mutating func elements(depth: Int) -> Bool {
            index += 1
            skipSpace()
            if take(UInt8(ascii: "]")) { return true }
            repeat {
                guard value(depth: depth) else { return false }
                skipSpace()
            } while take(UInt8(ascii: ","))
            return take(UInt8(ascii: "]"))
        }

        private mutating func word(_ word: StaticString) -> Bool {
            for offset in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[offset]) { return false }
            return true
        }

        private mutating func text() -> Bool {
            guard take(UInt8(ascii: "\"")) else { return false }
            var value = Value(kind: .text, start: index)
            var isASCII = true
            while let byte = next, byte >= 0x20 {
                if byte == UInt8(ascii: "\"") {
                    value.end = index
                    value.next = values.count + 1
                    values.append(value)
                    index += 1
                    // Outside of texts the grammar has no other bytes.
                    return isASCII || String(validating: bytes[value.start..<value.end], as: UTF8.self) != nil
                }
                index += 1
                if byte == UInt8(ascii: "\\") {
                    value.hasEscapes = true
                    guard escape() else { return false }
                }
                isASCII = isASCII && byte < 0x80
            }
            return false
        }

        private mutating func escape() -> Bool {
            guard let byte = next else { return false }
            index += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return true
            case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): return true
            case UInt8(ascii: "u"):
                for _ in 0..<4 {
                    guard let digit = next, digit.hexValue != nil else { return false }
                    index += 1
                }
                return true
            default: return false
            }
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

extension UInt8 {
    /// What it stands for as a hexadecimal digit.
    var hexValue: UInt8? {
        switch self {
        case 48...57: self - 48
        case 65...70: self - 55
        case 97...102: self - 87
        default: nil
        }
    }
}
