public import ContractKit
import Crypto
public import Foundation
import Synchronization

/// The master keys of one installation. Fails closed: no key, no start; no word from the key provider for longer than its lease, and
/// nothing is sealed or opened until it answers again.
///
/// A master key encrypts nothing itself: HKDF derives from it one key for sealing, one for wrapping data keys and one for each
/// blind index, so that no value sealed for one use opens in another.
public final class KeyRing: Sendable, CustomReflectable {
    private let held: Mutex<Held>

    /// Asks the provider once. ``refresh(from:)`` asks again.
    ///
    /// - Throws: ``FieldEncryptionError``.
    public static func open(_ provider: some KeyProvider) async throws -> KeyRing {
        let asked = ContinuousClock.now
        return KeyRing(try await provider.masterKeys(), until: provider.lease.map { asked + $0 })
    }

    /// Keys that stay as they are.
    ///
    /// - Throws: ``FieldEncryptionError`` when there is no key, one is not 32 bytes long, or two have one id.
    public convenience init(keys: [(id: String, key: Data)]) throws {
        self.init(try MasterKeys(keys.map { MasterKeys.Key(id: $0.id, bytes: $0.key) }), until: nil)
    }

    /// The keys of a ``KeyFile``, read once.
    ///
    /// - Throws: ``FieldEncryptionError`` that names the file and the line, never what stands in it.
    public convenience init(file path: String) throws { self.init(try KeyFile(path).read(now: Date()), until: nil) }

    private init(_ keys: MasterKeys, until: ContinuousClock.Instant?) { held = Mutex(Held(keys, until: until)) }

    /// Takes up new keys, and the right to use those it has for another lease.
    ///
    /// - Throws: ``FieldEncryptionError``; a key that is not what it was under its id is refused, and nothing changes.
    public func refresh(from provider: some KeyProvider) async throws {
        let asked = ContinuousClock.now
        let new = Held(try await provider.masterKeys(), until: provider.lease.map { asked + $0 })
        try held.withLock { old in
            guard new.keys.allSatisfy({ key in old.keys.allSatisfy { $0.id != key.id || $0.isSame(as: key) } }) else {
                throw FieldEncryptionError.keys("a master key has changed under its id")
            }
            // Nobody would be found any more, and everybody could sign up again.
            guard new.index.isSame(as: old.index) else { throw FieldEncryptionError.keys("the key of the indexes has changed") }
            old = new
        }
    }

    /// Seals a small value that travels in an event, so that the broker never holds it in the clear.
    /// `context` names what it is ("auth.person.changed.v1/full_name:<person id>"): opening needs the same context.
    public func seal(_ text: String, context: String) throws -> SealedText {
        let key = try sealing()
        return SealedText(try Envelope.seal(Data(text.utf8), with: key.sealing, keyID: key.id, context: context))
    }

    /// - Throws: ``FieldEncryptionError`` when it was sealed elsewhere, for something else, or changed.
    public func open(_ sealed: SealedText, context: String) throws -> String {
        let envelope = try Envelope(sealed.data)
        return try Envelope.text(envelope.open(with: key(envelope.keyID).sealing, context: context))
    }

    /// The same text under the key that seals now, for the job that follows a rotation; nil when it is under it already.
    public func reseal(_ sealed: SealedText, context: String) throws -> SealedText? {
        guard try Envelope(sealed.data).keyID != sealing().id else { return nil }
        return try seal(open(sealed, context: context), context: context)
    }

    /// A keyed hash for exact look-up of a sealed value: 16 bytes, another key for each `purpose`
    /// (`"auth.people.email/<organization id>"`), so that equal values do not match across tenants or columns.
    public func blindIndex(_ value: String, purpose: String) -> Data { blindIndexes([value], purpose: purpose)[0] }

    /// The same for many values of one purpose, which derives its key once.
    public func blindIndexes(_ values: [String], purpose: String) -> [Data] {
        // Beyond the lease as well: a hash gives nothing away.
        let key = held.withLock { $0.index }.derived("index/\(purpose)")
        return values.map { value in
            Data(HMAC<SHA256>.authenticationCode(for: Data(value.utf8), using: key).prefix(16))
        }
    }

    /// A fresh 256-bit data key for one person, wrapped by the master key that seals: what goes into a `person_keys` row.
    public func newDataKey(context: String) throws -> (key: DataKey, wrapped: Data) {
        let fresh = SymmetricKey(size: .bits256)
        let master = try sealing()
        let bytes = fresh.withUnsafeBytes { Data($0) }
        return (DataKey(fresh), try Envelope.seal(bytes, with: master.wrapping, keyID: master.id, context: context))
    }

    /// - Throws: ``FieldEncryptionError`` when it was wrapped for something else, or by a key that is not on the ring.
    public func unwrap(_ wrapped: Data, context: String) throws -> DataKey {
        let envelope = try Envelope(wrapped)
        return DataKey(SymmetricKey(data: try envelope.open(with: key(envelope.keyID).wrapping, context: context)))
    }

    /// The same data key under the master key that seals now, for the job that follows a rotation; nil when it is under it already.
    public func rewrap(_ wrapped: Data, context: String) throws -> Data? {
        let envelope = try Envelope(wrapped)
        let master = try sealing()
        guard envelope.keyID != master.id else { return nil }
        let bytes = try envelope.open(with: key(envelope.keyID).wrapping, context: context)
        return try Envelope.seal(bytes, with: master.wrapping, keyID: master.id, context: context)
    }

    /// What everything begins with that is sealed or wrapped now: rows that begin otherwise wait for ``rewrap(_:context:)``.
    public func head() throws -> Data { Envelope.head(try sealing().id) }

    /// Never printed.
    public var customMirror: Mirror { Mirror(self, children: []) }

    private func sealing() throws -> MasterKey { try held.withLock { try $0.usable().sealing } }

    private func key(_ id: String) throws -> MasterKey {
        guard let key = try held.withLock({ try $0.usable().keys.first { $0.id == id } }) else {
            throw FieldEncryptionError.unknownKey(id)
        }
        return key
    }
}

/// The keys of a ring between two looks at where they come from.
private struct Held: Sendable {
    let keys: [MasterKey]
    let sealing: MasterKey
    let index: MasterKey
    private let until: ContinuousClock.Instant?

    init(_ given: MasterKeys, until: ContinuousClock.Instant?) {
        keys = given.keys.map { MasterKey(id: $0.id, bytes: $0.bytes) }
        sealing = keys[given.sealing]
        index = MasterKey(id: given.index.id, bytes: given.index.bytes)
        self.until = until
    }

    func usable() throws -> Held {
        if let until, ContinuousClock.now >= until { throw FieldEncryptionError.away }
        return self
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
    func isSame(as other: MasterKey) -> Bool { master == other.master }

    private static func derive(_ use: String, from master: SymmetricKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data("palestra/v1/\(use)".utf8), outputByteCount: 32)
    }
}
