import Crypto
import Foundation

/// How sealed bytes are laid out: a version byte, the key id with its length before it, nonce (12), ciphertext, tag (16).
///
/// The head and the context are authenticated along with the ciphertext: a value moved to another row, or given another key
/// id, does not open.
struct Envelope {
    static let version: UInt8 = 1

    let keyID: String
    private let head: Data
    private let box: AES.GCM.SealedBox

    init(_ data: Data) throws {
        let bytes = Data(data)
        guard bytes.count >= 2, bytes[0] == Self.version else { throw FieldEncryptionError.malformed }
        let headLength = 2 + Int(bytes[1])
        guard bytes.count >= headLength + 28, let keyID = String(data: bytes[2..<headLength], encoding: .utf8),
            let box = try? AES.GCM.SealedBox(combined: Data(bytes[headLength...]))
        else { throw FieldEncryptionError.malformed }
        self.keyID = keyID
        head = Data(bytes[..<headLength])
        self.box = box
    }

    static func seal(_ plain: Data, with key: SymmetricKey, keyID: String, context: String) throws -> Data {
        let head = head(keyID)
        guard let combined = try AES.GCM.seal(plain, using: key, authenticating: head + Data(context.utf8)).combined else {
            throw FieldEncryptionError.malformed
        }
        return head + combined
    }

    static func head(_ keyID: String) -> Data { Data([version, UInt8(keyID.utf8.count)] + Array(keyID.utf8)) }

    func open(with key: SymmetricKey, context: String) throws -> Data {
        do { return try AES.GCM.open(box, using: key, authenticating: head + Data(context.utf8)) } catch {
            throw FieldEncryptionError.doesNotOpen
        }
    }

    static func text(_ data: Data) throws -> String {
        guard let text = String(data: data, encoding: .utf8) else { throw FieldEncryptionError.malformed }
        return text
    }
}

/// Why something cannot be sealed or opened. Holds neither keys nor what was sealed.
public enum FieldEncryptionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The master keys are missing or wrong.
    case keys(String)
    /// The key service has been silent for longer than its keys may be used. A repeat may do better.
    case away
    /// Sealed by a key that is not on the ring.
    case unknownKey(String)
    case malformed
    /// Another key or context, or changed since it was sealed.
    case doesNotOpen

    public var description: String {
        switch self {
        case .keys(let reason): reason
        case .away: "the key service has not answered for too long"
        case .unknownKey(let id): "sealed with key \(id), which is not among the master keys"
        case .malformed: "not a sealed value"
        case .doesNotOpen: "sealed for something else, or changed since"
        }
    }
}
