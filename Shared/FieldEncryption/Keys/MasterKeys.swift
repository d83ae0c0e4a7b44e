public import Foundation

/// Master keys as a key provider hands them out. Never printed.
public struct MasterKeys: Sendable, CustomReflectable {
    public struct Key: Sendable, CustomReflectable {
        /// 1 to 32 bytes; it stands before whatever the key sealed.
        public var id: String
        /// 32 bytes.
        public var bytes: Data

        public init(id: String, bytes: Data) { (self.id, self.bytes) = (id, bytes) }

        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// Newest first.
    public let keys: [Key]
    /// Which of them new values are sealed with; the others only read.
    public let sealing: Int
    /// What keys the blind indexes. They are compared and cannot be read with one of several keys: it changes only together with a rebuild of
    /// the indexes.
    public let index: Key

    /// - Parameter index: Nil: the oldest key, which must stay for good then.
    /// - Throws: ``FieldEncryptionError`` when there is no key, one is not 32 bytes long, or two have one id.
    public init(_ keys: [Key], sealing: Int = 0, index: Key? = nil) throws {
        guard let oldest = keys.last, keys.indices.contains(sealing) else { throw FieldEncryptionError.keys("there is no key") }
        self.index = index ?? oldest
        guard (keys + [self.index]).allSatisfy({ $0.bytes.count == 32 }) else {
            throw FieldEncryptionError.keys("a key is not 32 bytes long")
        }
        guard keys.allSatisfy({ (1...32).contains($0.id.utf8.count) }) else {
            throw FieldEncryptionError.keys("a key id is longer than 32 characters")
        }
        guard Set(keys.map(\.id)).count == keys.count else { throw FieldEncryptionError.keys("two keys have one id") }
        self.keys = keys
        self.sealing = sealing
    }

    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Every process looks for new keys once in this time.
    public static let refreshInterval = Duration.seconds(60)
    /// In seconds, from when a new key can be had to when it seals. By then every process has it: none meets a value that it cannot open.
    static let handover: TimeInterval = 150
}

/// Where the master keys come from.
public protocol KeyProvider: Sendable {
    /// How long the keys may be used without being asked for again; nil: for as long as the process runs.
    var lease: Duration? { get }

    /// - Throws: ``FieldEncryptionError`` that names the provider and what is wrong, never a key.
    func masterKeys() async throws -> MasterKeys
}
