import Crypto
public import Foundation

/// One person's key: AES-256-GCM over that person's fields. Destroying the wrapped key erases the person.
public struct DataKey: Sendable, CustomReflectable {
    let key: SymmetricKey

    init(_ key: SymmetricKey) { self.key = key }

    /// `context` names table, column, organization, person and row: ciphertext moved elsewhere does not open.
    public func seal(_ text: String, context: String) throws -> Data {
        try Envelope.seal(Data(text.utf8), with: key, keyID: "", context: context)
    }

    /// - Throws: ``FieldEncryptionError`` when it was sealed elsewhere, for something else, or changed.
    public func open(_ sealed: Data, context: String) throws -> String {
        try Envelope.text(Envelope(sealed).open(with: key, context: context))
    }

    /// Never printed.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
