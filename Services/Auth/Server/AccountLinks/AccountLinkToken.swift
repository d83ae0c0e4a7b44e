import AuthContract
import ContractKit
import FieldEncryption
import Foundation

/// `lnk1.<secret>`: what stands in a link that was mailed for an account. Good once, for one account and one purpose.
struct AccountLinkToken: Sendable {
    let accountID: AccountID
    let purpose: AccountLinkCreated.Purpose
    let text: String

    var hash: Data { SignedSecret.hash(text) }

    init(_ account: AccountID, _ purpose: AccountLinkCreated.Purpose, ring: KeyRing) {
        accountID = account
        self.purpose = purpose
        text = SignedSecret("lnk1", ids: [account.rawValue], purpose: Self.name(purpose), ring: ring).text
    }

    /// Nil for what was never a link of this installation for this purpose.
    init?(_ text: String, _ purpose: AccountLinkCreated.Purpose, ring: KeyRing) {
        guard let secret = SignedSecret(text, "lnk1", idCount: 1, purpose: Self.name(purpose), ring: ring) else { return nil }
        accountID = AccountID(rawValue: secret.ids[0])
        self.purpose = purpose
        self.text = text
    }

    private static func name(_ purpose: AccountLinkCreated.Purpose) -> String { "auth.account_link/\(purpose.rawValue)" }
}
