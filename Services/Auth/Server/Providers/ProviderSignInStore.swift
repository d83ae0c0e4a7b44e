import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import ServiceKit

/// A sign-in with a provider that waits for its answer.
struct BegunProviderSignIn: Sendable {
    var provider: Slug
    var nonceHash: Data
    var verifier: String
    /// Whose identity it becomes; nil to sign in.
    var accountID: AccountID?
    var organization: Slug?
    var remember: Bool
    /// The secret of an invitation.
    var invitation: String?
}

struct ProviderSignInStore: Sendable {
    /// In seconds.
    static let lifetime = 600.0

    let ring: KeyRing

    func insert(_ begun: BegunProviderSignIn, state: String, now: Date, in tx: Transaction) async throws {
        let hash = SignedSecret.hash(state)
        try await tx.execute(
            """
            insert into provider_sign_ins (state_hash, provider, nonce_hash, verifier, account_id, organization, remember, invitation,
                created_at, expires_at)
            values (\(hash), \(begun.provider), \(begun.nonceHash), \(try ring.seal(begun.verifier, context: Self.context("verifier", hash)).data),
                \(begun.accountID), \(begun.organization), \(begun.remember),
                \(try begun.invitation.map { try ring.seal($0, context: Self.context("invitation", hash)).data }),
                \(now), \(now.addingTimeInterval(Self.lifetime)))
            """)
    }

    /// Nil for a state that was never given out, was used or has run out.
    func find(_ state: String, now: Date, in tx: Transaction) async throws -> BegunProviderSignIn? {
        let hash = SignedSecret.hash(state)
        let row: Row? = try await tx.first(
            """
            select provider, nonce_hash, verifier, account_id, organization, remember, invitation from provider_sign_ins
            where state_hash = \(hash) and expires_at > \(now)
            """)
        return try row.map { row in
            BegunProviderSignIn(
                provider: row.provider, nonceHash: row.nonceHash,
                verifier: try ring.open(SealedText(row.verifier), context: Self.context("verifier", hash)), accountID: row.accountID,
                organization: row.organization, remember: row.remember,
                invitation: try row.invitation.map { try ring.open(SealedText($0), context: Self.context("invitation", hash)) })
        }
    }

    /// Uses a state up: of two at once, one.
    func use(_ state: String, in tx: Transaction) async throws -> Bool {
        try await tx.execute("delete from provider_sign_ins where state_hash = \(SignedSecret.hash(state))") == 1
    }

    private static func context(_ column: String, _ hash: Data) -> String {
        "auth.provider_sign_ins/\(column)/\(hash.base64EncodedString())"
    }

    private struct Row: Decodable, Sendable {
        var provider: Slug
        var nonceHash: Data
        var verifier: Data
        var accountID: AccountID?
        var organization: Slug?
        var remember: Bool
        var invitation: Data?
    }
}

extension Job {
    static let expiredProviderSignIns = deleting("expired-provider-sign-ins", every: .seconds(600)) { limit in
        """
        delete from provider_sign_ins where state_hash = any (array(
            select state_hash from provider_sign_ins where expires_at < now()
            order by expires_at limit \(limit) for update skip locked))
        """
    }
}
