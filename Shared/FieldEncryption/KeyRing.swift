public import ContractKit
import Crypto
public import Foundation

/// The master keys of one installation, by key id, as a key provider hands them out. Fails closed: no key, no start.
///
/// A master key encrypts nothing itself: HKDF derives from it one key for sealing, one for wrapping data keys and one for each
/// blind index, so that no value sealed for one use opens in another.
public struct KeyRing: Sendable {
    private let keys: [MasterKey]

    /// Reads a key file: lines `kid base64(32 bytes)`; the first is used for new writes, the others only read.
    ///
    /// New keys go on top. The last line also keys the blind indexes, because those are compared and cannot be read with one
    /// of several keys: it leaves the file only together with a rebuild of the indexes. Empty lines and lines that begin with
    /// `#` are skipped.
    /// - Throws: ``FieldEncryptionError`` that names the file and the line, never what stands in it.
    public init(file path: String) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw FieldEncryptionError.keys("the key file \(path) cannot be read")
        }
        var keys: [(id: String, key: Data)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty || words[0].hasPrefix("#") { continue }
            guard words.count == 2, let key = Data(base64Encoded: String(words[1])), key.count == 32 else {
                throw FieldEncryptionError.keys("line \(index + 1) of the key file \(path) is not a key id and 32 bytes in base64")
            }
            keys.append((String(words[0]), key))
        }
        do { try self.init(keys: keys) } catch FieldEncryptionError.keys(let reason) {
            throw FieldEncryptionError.keys("the key file \(path): \(reason)")
        }
    }

    /// - Throws: ``FieldEncryptionError`` when there is no key, one is not 32 bytes long, or two have one id.
    public init(keys: [(id: String, key: Data)]) throws {
        guard !keys.isEmpty else { throw FieldEncryptionError.keys("there is no key") }
        guard keys.allSatisfy({ $0.key.count == 32 }) else { throw FieldEncryptionError.keys("a key is not 32 bytes long") }
        guard keys.allSatisfy({ (1...32).contains($0.id.utf8.count) }) else {
            throw FieldEncryptionError.keys("a key id is longer than 32 characters")
        }
        guard Set(keys.map(\.id)).count == keys.count else { throw FieldEncryptionError.keys("two keys have one id") }
        self.keys = keys.map { MasterKey(id: $0.id, bytes: $0.key) }
    }

    /// Seals a small value that travels in an event, so that the broker never holds it in the clear.
    /// `context` names what it is ("auth.person.changed.v1/full_name:<person id>"): opening needs the same context.
    public func seal(_ text: String, context: String) throws -> SealedText {
        let key = keys[0]
        return SealedText(try Envelope.seal(Data(text.utf8), with: key.sealing, keyID: key.id, context: context))
    }

    /// - Throws: ``FieldEncryptionError`` when it was sealed elsewhere, for something else, or changed.
    public func open(_ sealed: SealedText, context: String) throws -> String {
        let envelope = try Envelope(sealed.data)
        return try Envelope.text(envelope.open(with: key(envelope.keyID).sealing, context: context))
    }

    /// A keyed hash for exact look-up of a sealed value: 16 bytes, another key for each `purpose`
    /// (`"auth.people.email/<organization id>"`), so that equal values do not match across tenants or columns.
    public func blindIndex(_ value: String, purpose: String) -> Data { blindIndexes([value], purpose: purpose)[0] }

    /// The same for many values of one purpose, which derives its key once.
    public func blindIndexes(_ values: [String], purpose: String) -> [Data] {
        let key = keys[keys.count - 1].derived("index/\(purpose)")
        return values.map { value in
            Data(HMAC<SHA256>.authenticationCode(for: Data(value.utf8), using: key).prefix(16))
        }
    }

    /// A fresh 256-bit data key for one person, wrapped by the first master key: what goes into a `person_keys` row.
    public func newDataKey(context: String) throws -> (key: DataKey, wrapped: Data) {
        let fresh = SymmetricKey(size: .bits256)
        let master = keys[0]
        let bytes = fresh.withUnsafeBytes { Data($0) }
        return (DataKey(fresh), try Envelope.seal(bytes, with: master.wrapping, keyID: master.id, context: context))
    }

    /// - Throws: ``FieldEncryptionError`` when it was wrapped for something else, or by a key that is not on the ring.
    public func unwrap(_ wrapped: Data, context: String) throws -> DataKey {
        let envelope = try Envelope(wrapped)
        return DataKey(SymmetricKey(data: try envelope.open(with: key(envelope.keyID).wrapping, context: context)))
    }

    /// The same data key under the first master key, for the job that follows a rotation; nil when it is under it already.
    public func rewrap(_ wrapped: Data, context: String) throws -> Data? {
        let envelope = try Envelope(wrapped)
        guard envelope.keyID != keys[0].id else { return nil }
        let bytes = try envelope.open(with: key(envelope.keyID).wrapping, context: context)
        return try Envelope.seal(bytes, with: keys[0].wrapping, keyID: keys[0].id, context: context)
    }

    private func key(_ id: String) throws -> MasterKey {
        guard let key = keys.first(where: { $0.id == id }) else { throw FieldEncryptionError.unknownKey(id) }
        return key
    }
}

/// A master key and what is derived from it once.
private struct MasterKey: Sendable {
    let id: String
    let sealing: SymmetricKey
    let wrapping: SymmetricKey
    private let master: SymmetricKey

    init(id: String, bytes: Data) {
        self.id = id
        master = SymmetricKey(data: bytes)
        sealing = Self.derive("seal", from: master)
        wrapping = Self.derive("wrap", from: master)
    }

    func derived(_ use: String) -> SymmetricKey { Self.derive(use, from: master) }

    private static func derive(_ use: String, from master: SymmetricKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data("palestra/v1/\(use)".utf8), outputByteCount: 32)
    }
}
