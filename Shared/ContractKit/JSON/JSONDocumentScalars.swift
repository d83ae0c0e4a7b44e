import Foundation

// Texts and numbers of a document, read where they stand.
extension JSONDocument {
    /// A number that the type does not hold, or half a surrogate pair: JSON that means nothing here.
    struct Unreadable: Error {
        let value: Int
    }

    /// Of a text. - Throws: ``Unreadable``.
    func text(_ number: Int) throws -> String {
        let value = values[number]
        let range = bytes[value.start..<value.end]
        if !value.hasEscapes { return range.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
        guard let bytes = Self.unescaped(range), let text = String(validating: bytes, as: UTF8.self) else {
            throw Unreadable(value: number)
        }
        return text
    }

    /// - Returns: nil when there is half a surrogate pair in it.
    static func unescaped(_ range: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var rest = range
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                result.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                var units = [unit(&rest)]
                if UTF16.isLeadSurrogate(units[0]), rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
                    rest.removeFirst(2)
                    units.append(unit(&rest))
                }
                guard let text = String(validating: units, as: UTF16.self) else { return nil }
                result.append(contentsOf: text.utf8)
            default: result.append(escape)
            }
        }
        return result
    }

    /// The grammar has seen to it that four digits follow.
    private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt16 {
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 4 | UInt16($1.hexValue ?? 0) }
    }

    /// Of a number: also of one such as `5e2` or `1.0`, which is whole. - Throws: ``Unreadable``.
    func integer<Number: FixedWidthInteger>(_ number: Int, as type: Number.Type = Number.self) throws -> Number {
        let value = values[number]
        let digits = bytes[value.start..<value.end]
        // Eighteen digits fit, whatever they are.
        if digits.count <= 18 {
            var magnitude: Int64 = 0
            let isNegative = digits.first == UInt8(ascii: "-")
            for byte in isNegative ? digits.dropFirst() : digits {
                guard (48...57).contains(byte) else { return try whole(number) }
                magnitude = magnitude * 10 + Int64(byte - 48)
            }
            if let result = Number(exactly: isNegative ? -magnitude : magnitude) { return result }
        } else if let result = Number(String(decoding: digits, as: UTF8.self)) {
            return result
        }
        return try whole(number)
    }

    private func whole<Number: FixedWidthInteger>(_ number: Int) throws -> Number {
        let double = try double(number)
        // From here on a double stands for several whole numbers. It also stands for fractions near a whole one: 1e-400 is not 0.
        guard abs(double) < 0x1p53, isWhole(number), let result = Number(exactly: double) else { throw Unreadable(value: number) }
        return result
    }

    /// Whether nothing but zeros stands behind the point once the exponent has moved it.
    private func isWhole(_ number: Int) -> Bool {
        let value = values[number]
        let parts = bytes[value.start..<value.end].split(maxSplits: 1) { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        let digits = parts[0].filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") }
        guard let last = digits.lastIndex(where: { $0 != UInt8(ascii: "0") }) else { return true }
        let point = parts[0].firstIndex(of: UInt8(ascii: "."))
        let fraction = point.map { parts[0].endIndex - $0 - 1 } ?? 0
        // Too long for a number: so far away that the digits do not matter. A double that large was refused before.
        let exponent = parts.count == 1 ? 0 : Int(String(decoding: parts[1], as: UTF8.self)) ?? -value.end
        return digits.endIndex - last - 1 + exponent >= fraction
    }

    /// Of a number. - Throws: ``Unreadable``.
    func double(_ number: Int) throws -> Double {
        let value = values[number]
        guard let result = Double(String(decoding: bytes[value.start..<value.end], as: UTF8.self)), result.isFinite else {
            throw Unreadable(value: number)
        }
        return result
    }

    /// Any value as a document of its own. - Throws: ``Unreadable``.
    func document(_ number: Int) throws -> JSONValue {
        switch values[number].kind {
        case .null: return .null
        case .yes: return .bool(true)
        case .no: return .bool(false)
        case .text: return .string(try text(number))
        case .number: return if let value = try? integer(number, as: Int.self) { .int(value) } else { .double(try double(number)) }
        case .array: return .array(try inside(number).map(document))
        case .object:
            var members: [String: JSONValue] = [:]
            for name in names(of: number) { members[try text(name)] = try document(name + 1) }
            return .object(members)
        }
    }

    /// The elements of an array.
    func inside(_ number: Int) -> [Int] {
        let end = values[number].next
        return sequence(first: number + 1) { self.values[$0].next }.prefix { $0 < end }
    }

    /// The names of an object's members; each one's value comes right after it.
    func names(of number: Int) -> [Int] {
        let end = values[number].next
        return sequence(first: number + 1) { self.values[$0 + 1].next }.prefix { $0 < end }
    }
}
