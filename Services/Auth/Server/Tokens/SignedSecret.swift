import ContractKit
import Crypto
import FieldEncryption
import Foundation

/// `<word>.<field>...<secret>`: what we hand out and read back. The word says what it is, the fields may be read by whoever holds it, and the secret
/// holds who it is for, chance, and a keyed check over all of it.
///
/// The check keeps made-up tokens away from the database, and the organization inside tells whose rows to look in. What makes a
/// token good is its hash in the database, not the check.
struct SignedSecret: Sendable {
    let fields: [String]
    /// Whom it is for, in the same order as when it was made.
    let ids: [UUID]
    let text: String

    init(_ word: String, _ fields: [String] = [], ids: [UUID], purpose: String, ring: KeyRing) {
        let chance = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let content = ids.reduce(into: Data()) { $0.append(contentsOf: Self.bytes($1)) } + chance
        let head = ([word] + fields).joined(separator: ".")
        self.fields = fields
        self.ids = ids
        text = "\(head).\(Self.encode(content + Self.check(content, head, purpose, ring)))"
    }

    /// Nil unless it was made by us, for this purpose and with this head, and is spelled as it was.
    init?(_ text: String, _ word: String, fieldCount: Int = 0, idCount: Int, purpose: String, ring: KeyRing) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == fieldCount + 2, parts[0] == word, let secret = parts.last, let data = Self.decode(secret),
            data.count == idCount * 16 + 48, Self.encode(data) == secret
        else { return nil }
        let content = Data(data.dropLast(16))
        guard constantTimeEqual(Data(data.suffix(16)), Self.check(content, parts.dropLast().joined(separator: "."), purpose, ring)) else {
            return nil
        }
        fields = Array(parts.dropFirst().dropLast())
        ids = (0..<idCount).map { index in Self.uuid(content.dropFirst(index * 16).prefix(16)) }
        self.text = text
    }

    /// What the database keeps of a token.
    static func hash(_ token: String) -> Data { Data(SHA256.hash(data: Data(token.utf8))) }

    private static func check(_ content: Data, _ head: String, _ purpose: String, _ ring: KeyRing) -> Data {
        ring.blindIndex("\(head)/\(content.base64EncodedString())", purpose: purpose)
    }

    private static func bytes(_ id: UUID) -> Data { withUnsafeBytes(of: id.uuid) { Data($0) } }

    private static func uuid(_ data: Data) -> UUID {
        var uuid = UUID().uuid
        withUnsafeMutableBytes(of: &uuid) { $0.copyBytes(from: data) }
        return UUID(uuid: uuid)
    }

    /// base64url without padding.
    static func encode(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func decode(_ text: String) -> Data? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
    }
}
