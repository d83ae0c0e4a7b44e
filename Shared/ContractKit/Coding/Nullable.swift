/// A member that is always there and may be null, where a plain optional would be left out of the JSON.
///
/// Answers use it, so that a client can tell "none" from "this server does not know the field".
@propertyWrapper
public struct Nullable<Wrapped: Codable & Sendable>: Codable, Sendable {
    public var wrappedValue: Wrapped?

    public init(wrappedValue: Wrapped?) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Wrapped.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

/// Lets the schema recorder tell "always there, may be null" from "may be left out".
protocol AlwaysPresent {}
extension Nullable: AlwaysPresent {}

extension Nullable: Equatable where Wrapped: Equatable {}
extension Nullable: Hashable where Wrapped: Hashable {}

extension KeyedDecodingContainer {
    /// Synthesized decoding finds this overload: a missing member reads as null, so that a new field breaks no reader.
    public func decode<Wrapped>(_ type: Nullable<Wrapped>.Type, forKey key: Key) throws -> Nullable<Wrapped> {
        try decodeIfPresent(Nullable<Wrapped>.self, forKey: key) ?? Nullable(wrappedValue: nil)
    }
}
