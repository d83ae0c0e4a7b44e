/// A value that cannot be built wrong: one raw value, one rule.
///
/// Decoding a raw value that breaks the rule fails with `rule` as the reason, which the API answers as a 422 that names the
/// field. `schema` puts the same rule into the OpenAPI document.
public protocol RuledValue: RawRepresentable, Codable, Hashable, Sendable, Described, CustomStringConvertible
where RawValue: Codable & Hashable & Sendable {
    /// The rule in words that fit after the field's name: `must be 1 to 10`.
    static var rule: String { get }
}

extension RuledValue {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(rawValue: try container.decode(RawValue.self, saying: Self.rule)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: Self.rule)
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    public var description: String { "\(rawValue)" }
}

// The same once more for texts, which most values are: where the raw type is known, nobody has to look up at run time how it is
// coded, which would take longer than coding it.
extension RuledValue where RawValue == String {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(rawValue: try container.text(saying: Self.rule)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: Self.rule)
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
