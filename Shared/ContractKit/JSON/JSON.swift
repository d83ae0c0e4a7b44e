public import Foundation

/// JSON as every Palestra service reads and writes it: `snake_case` members, RFC 3339 moments, lower-case ids.
public enum JSON {
    /// - Throws: `EncodingError` for numbers that JSON has no words for.
    public static func encode(_ value: some Encodable) throws -> Data {
        guard let writable = value as? any JSONWritable else { return try JSONWriter.encode(value) }
        var json = JSONBytes(capacity: 1024)
        writable.write(to: &json)
        return Data(json.bytes)
    }

    /// The same, with sorted members: for golden files, fingerprints and documents that people compare.
    public static func encodeSorted(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(try JSONDecoder().decode(JSONValue.self, from: encode(value)))
    }

    /// - Throws: ``Malformed`` when `data` is no JSON; `DecodingError` when it is JSON of another shape.
    public static func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T { try JSONReader.decode(type, from: data) }

    /// The bytes are not JSON.
    public struct Malformed: Error {}
}

extension SingleValueDecodingContainer {
    /// ``decode(_:saying:)`` of a text.
    func text(saying rule: @autoclosure () -> String) throws -> String {
        do {
            return try decode(String.self)
        } catch let error as DecodingError {
            throw error
        } catch {
            throw DecodingError.dataCorruptedError(in: self, debugDescription: rule())
        }
    }

    /// Decodes what a rule is going to be checked on.
    ///
    /// Numbers that do not fit and texts that are none have no rule of their own to name.
    func decode<T: Decodable>(_ type: T.Type, saying rule: @autoclosure () -> String) throws -> T {
        do {
            return try decode(type)
        } catch let error as DecodingError {
            throw error
        } catch {
            throw DecodingError.dataCorruptedError(in: self, debugDescription: rule())
        }
    }
}
