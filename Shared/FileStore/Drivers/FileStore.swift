public import Foundation

/// Where sealed files lie: bytes by the name of an object, which is chance and says nothing. Nobody reaches it but services.
///
/// What is written is whole or not there. Removing what is not there is no error: whoever lost the answer asks again.
public protocol FileStore: Sendable {
    /// - Throws: ``FileStoreError/away(_:)``.
    func write(_ sealed: Data, to object: UUID) async throws
    /// - Throws: ``FileStoreError``.
    func read(_ object: UUID) async throws -> Data
    /// - Throws: ``FileStoreError/away(_:)``.
    func remove(_ object: UUID) async throws
}

/// Why a store did not do what it was asked. Holds nothing of the file, and no secret.
public enum FileStoreError: Error, Sendable, CustomStringConvertible {
    /// The store, or the way to it, is away or refuses. A repeat may do better.
    case away(String)
    /// The store has no such object.
    case missing

    public var description: String {
        switch self {
        case .away(let reason): "the file store: \(reason)"
        case .missing: "the file store has no such object"
        }
    }
}
