public import Foundation

/// JSON as every Palestra service reads and writes it: `snake_case` members, RFC 3339 moments, lower-case ids.
public enum JSON {
    /// - Throws: `EncodingError` for numbers that JSON has no words for.
    public static func encode(_ value: some Encodable) throws -> Data { try JSONWriter.encode(value) }

    /// The same, with sorted members: for golden files, fingerprints and documents that people compare.
    public static func encodeSorted(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return try encoder.encode(try JSONDecoder().decode(JSONValue.self, from: encode(value)))
    }

    /// - Throws: ``Malformed`` when `data` is no JSON; `DecodingError` when it is JSON of another shape.
    public static func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T {
        do {
            return try decoder().decode(type, from: data)
        } catch let error as DecodingError {
            // Foundation says "not valid JSON" of a fraction where a whole number should be, and of half a surrogate pair, too.
            guard JSONGrammar.accepts(data) else { throw Malformed() }
            if case .dataCorrupted(let context) = error, context.codingPath.isEmpty {
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "holds a number or text that cannot be read"))
            }
            throw error
        }
    }

    /// The bytes are not JSON.
    public struct Malformed: Error {}

    private static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { WireKey(WireName.camel($0[$0.count - 1].stringValue)) }
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = Moment.date(try container.decode(String.self, saying: Moment.rule)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: Moment.rule)
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
    /// JSONDecoder throws an error of its own, without a path, for numbers that do not fit and texts that are none.
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
