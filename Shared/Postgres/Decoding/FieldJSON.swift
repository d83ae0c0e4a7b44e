import Foundation

/// Documents in json and jsonb columns, with the API's naming: `snake_case` members, RFC 3339 moments.
enum FieldJSON {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static let whole = Date.ISO8601FormatStyle()
    private static let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static let decoder = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { Key(ColumnName.property($0[$0.count - 1].stringValue)) }
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = (try? whole.parse(text)) ?? (try? fractional.parse(text)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "is no moment")
            }
            return date
        }
        return decoder
    }()

    static func decode<T: Decodable>(_ type: T.Type, from text: Data) throws -> T {
        do {
            return try decoder.decode(type, from: text)
        } catch let error as DecodingError {
            // Foundation's descriptions quote the document.
            throw FieldError.json(error.path.map(\.stringValue).joined(separator: "."))
        }
    }
}

extension DecodingError {
    /// Where it happened.
    var path: [any CodingKey] {
        switch self {
        case .keyNotFound(let key, let context): context.codingPath + [key]
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context.codingPath
        @unknown default: []
        }
    }
}
