public import ContractKit
public import Foundation

/// The master keys of one installation, by key id, as a key provider hands them out. Fails closed: no key, no start.
public struct KeyRing: Sendable {
    /// Reads a key file: lines `kid base64(32 bytes)`; the first is used for new writes, the others only read.
    public init(file path: String) throws { fatalError() }
    public init(keys: [(id: String, key: Data)]) throws { fatalError() }

    /// Seals a small value that travels in an event, so that the broker never holds it in the clear.
    /// `context` names what it is ("auth.person.changed.v1/full_name:<person id>"): opening needs the same context.
    public func seal(_ text: String, context: String) throws -> SealedText { fatalError() }
    public func open(_ sealed: SealedText, context: String) throws -> String { fatalError() }

    /// A keyed hash for exact look-up of a sealed value: 16 bytes, another key for each `purpose`
    /// (`"auth.people.email/<organization id>"`), so that equal values do not match across tenants or columns.
    public func blindIndex(_ value: String, purpose: String) -> Data { fatalError() }

    /// A fresh 256-bit data key for one person, wrapped by the first master key: what goes into a `person_keys` row.
    public func newDataKey(context: String) throws -> (key: DataKey, wrapped: Data) { fatalError() }
    public func unwrap(_ wrapped: Data, context: String) throws -> DataKey { fatalError() }
}

/// One person's key: AES-256-GCM over that person's fields. Destroying the wrapped key erases the person.
public struct DataKey: Sendable {
    /// `context` names table, column, organization, person and row: ciphertext moved elsewhere does not open.
    public func seal(_ text: String, context: String) throws -> Data { fatalError() }
    public func open(_ sealed: Data, context: String) throws -> String { fatalError() }
}
