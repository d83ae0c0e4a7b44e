public import Foundation

/// JSON as every Palestra service reads and writes it: `snake_case` members, RFC 3339 moments, lower-case ids.
public enum JSON {
    public static func encode(_ value: some Encodable) throws -> Data { try encoder().encode(value) }

    /// The same, with sorted members: for golden files, fingerprints and documents that people compare.
    public static func encodeSorted(_ value: some Encodable) throws -> Data {
        let encoder = encoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(value)
    }

    /// - Throws: ``Malformed`` when `data` is no JSON; `DecodingError` when it is JSON of another shape.
    public static func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T {
        do {
            return try decoder().decode(type, from: data)
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            // At the root, a broken document and a value that no type takes look alike.
            if isWellFormed(data) { throw DecodingError.dataCorrupted(context) }
            guard let mended = LoneSurrogates.replacedByNUL(in: data), isWellFormed(mended) else { throw Malformed() }
            // Well-formed but for half a character: the field that holds it is at fault, and refuses the NUL put in its place.
            _ = try decoder().decode(type, from: mended)
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "holds half of a surrogate pair"))
        }
    }

    private static func isWellFormed(_ data: Data) -> Bool {
        (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) != nil
    }

    /// The bytes are not JSON.
    public struct Malformed: Error {}

    private static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .custom { WireKey(WireName.snake($0[$0.count - 1].stringValue)) }
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Moment.text(date))
        }
        return encoder
    }

    private static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { WireKey(WireName.camel($0[$0.count - 1].stringValue)) }
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = Moment.date(try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "must be a moment such as 2026-03-01T10:00:00Z")
            }
            return date
        }
        return decoder
    }
}

private struct WireKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// `\ud83d` without its other half is JSON by its grammar, but no text.
private enum LoneSurrogates {
    /// The document with each lone surrogate escape as `\u0000`; `nil` when there is none.
    static func replacedByNUL(in data: Data) -> Data? {
        var bytes = [UInt8](data)
        var found = false
        var index = 0
        while index + 1 < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            guard let unit = escape(bytes, index) else {
                index += 2
                continue
            }
            if (0xD800...0xDBFF).contains(unit), let next = escape(bytes, index + 6), (0xDC00...0xDFFF).contains(next) {
                index += 12
                continue
            }
            if (0xD800...0xDFFF).contains(unit) {
                found = true
                bytes.replaceSubrange(index + 2..<index + 6, with: Array("0000".utf8))
            }
            index += 6
        }
        return found ? Data(bytes) : nil
    }

    private static func escape(_ bytes: [UInt8], _ index: Int) -> UInt16? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else { return nil }
        return UInt16(String(decoding: bytes[index + 2..<index + 6], as: UTF8.self), radix: 16)
    }
}
