import ContractKit
import Crypto
import FieldEncryption
import Foundation

/// The secret part of tokens that we hand out and read back: who it is for, chance, and a keyed check over all of it.
///
/// The check keeps made-up tokens away from the database, and the organization inside tells whose rows to look in. What makes a
/// token good is its hash in the database, not the check.
struct SignedSecret: Sendable {
    /// What is said about the token besides, in the same order as when it was made.
    let ids: [UUID]
    let text: String

    /// - Parameters:
    ///   - ids: Carried inside, readable by whoever holds the token.
    ///   - bound: What stands beside it and is covered by the check.
    init(ids: [UUID], bound: String, purpose: String, ring: KeyRing) {
        let chance = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let content = ids.reduce(into: Data()) { $0.append(contentsOf: Self.bytes($1)) } + chance
        self.ids = ids
        text = Self.encode(content + Self.check(content, bound, purpose, ring))
    }

    /// Nil unless it was made by us, for this purpose and with these neighbours.
    init?(_ text: some StringProtocol, idCount: Int, bound: String, purpose: String, ring: KeyRing) {
        guard let data = Self.decode(String(text)), data.count == idCount * 16 + 48 else { return nil }
        let content = Data(data.dropLast(16))
        guard constantTimeEqual(Data(data.suffix(16)), Self.check(content, bound, purpose, ring)) else { return nil }
        ids = (0..<idCount).map { index in Self.uuid(content.dropFirst(index * 16).prefix(16)) }
        self.text = String(text)
    }

    /// What the database keeps of a token.
    static func hash(_ token: String) -> Data { Data(SHA256.hash(data: Data(token.utf8))) }

    private static func check(_ content: Data, _ bound: String, _ purpose: String, _ ring: KeyRing) -> Data {
        ring.blindIndex("\(bound)/\(content.base64EncodedString())", purpose: purpose)
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
