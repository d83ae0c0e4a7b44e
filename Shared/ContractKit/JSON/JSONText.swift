import Foundation

/// A JSON text on its way out, and which arrays and objects are open in it.
final class JSONText {
    enum Kind { case object, array }

    private struct Level {
        let kind: Kind
        var isEmpty = true
    }

    // One value is written at a time and nothing is called in the middle of a change, so that the checks at run time, a tenth of the
    // time that writing takes, can find nothing.
    @exclusivity(unchecked) private(set) var bytes: [UInt8] = []
    @exclusivity(unchecked) private var levels: [Level] = []
    /// How many values were begun: tells whether an `encode(to:)` has written anything.
    @exclusivity(unchecked) private(set) var count = 0

    init() { bytes.reserveCapacity(1024) }

    var depth: Int { levels.count }

    /// Goes on with the array or object open at `depth`, or opens one there. Whatever is open further in ends.
    func open(_ kind: Kind, at depth: Int) {
        if levels.count > depth {
            close(to: depth + 1)
            if levels[depth].kind == kind { return }
            preconditionFailure("one value cannot be an object and an array")
        }
        count += 1
        levels.append(Level(kind: kind))
        bytes.append(kind == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
    }

    func close(to depth: Int) {
        while levels.count > depth, let level = levels.popLast() {
            bytes.append(level.kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        }
    }

    /// Begins a member of the object at `depth`, counted with it.
    func member(_ key: String, isWritten: Bool, in depth: Int) {
        element(in: depth)
        if isWritten {
            text(key)
        } else {
            bytes.append(UInt8(ascii: "\""))
            WireName.appendSnake(key, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: ":"))
    }

    /// Begins an element of the array, or the next member of the object, at `depth`, counted with it.
    func element(in depth: Int) {
        close(to: depth)
        if levels[depth - 1].isEmpty { levels[depth - 1].isEmpty = false } else { bytes.append(UInt8(ascii: ",")) }
    }

    func null() { word("null") }
    func bool(_ value: Bool) { word(value ? "true" : "false") }

    func integer(_ value: some BinaryInteger) {
        count += 1
        bytes.append(json: value)
    }

    func moment(_ value: Date) {
        count += 1
        bytes.append(json: value)
    }

    func number<Number: BinaryFloatingPoint & CustomStringConvertible>(_ value: Number) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "JSON has no such number"))
        }
        let text = value.description
        word(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    private func word(_ word: String) {
        count += 1
        bytes.append(contentsOf: word.utf8)
    }

    /// With sorted members, so that equal documents are equal texts.
    func document(_ value: JSONValue) throws {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .int(let value): integer(value)
        case .double(let value): try number(value)
        case .string(let value): text(value)
        case .array(let values):
            let depth = depth
            open(.array, at: depth)
            for value in values {
                element(in: depth + 1)
                try document(value)
            }
            close(to: depth)
        case .object(let members):
            let depth = depth
            open(.object, at: depth)
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                member(key, isWritten: true, in: depth + 1)
                try document(value)
            }
            close(to: depth)
        }
    }

    func text(_ text: String) {
        count += 1
        bytes.append(json: text)
    }
}
