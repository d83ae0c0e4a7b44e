import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres
import ServiceKit

/// Somebody is to be erased: auth's own part, in which their key goes; with the account when nobody else is behind it.
struct OnErasureRequested: Reaction {
    static let name = "auth.on-erasure-requested"
    let parts: AuthParts

    func react(to event: ErasureRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let erasure = PersonErasure(of: event.personID, in: event.organizationID, from: AuthService.tables, tx)
        try await erasure.begin()
        let account = try await soleAccount(of: event.personID, event.organizationID, in: tx)
        // Whoever has read the location sees that it is another one now.
        try await tx.execute(
            """
            update locations set owner_id = null, updated_at = \(occasion.time), version = version + 1
            where organization_id = \(event.organizationID) and owner_id = \(event.personID)
            """)
        let deeds = try await erasure.finish(alias: account?.accountID.rawValue) {
            guard let account else { return [] }
            let username = try await parts.accounts.kept(account.accountID, in: tx).username
            for name in [.email(try parts.accounts.address(of: account))] + (username.map { [SignInName.username($0)] } ?? []) {
                try await parts.throttles.forgive(name, in: tx)
            }
            let rows = try await tx.execute("delete from accounts where account_id = \(account.accountID)")
            return [ErasureDeed(table: "accounts", outcome: .deleted, rows: rows)]
        }
        try await tx.execute("select set_config('app.account_id', '', true)")
        try await parts.erasureRequests.note(
            deeds, by: .auth, to: event.erasureRequestID, event.organizationID, at: occasion.time, in: tx)
    }

    /// The account that nobody else is behind, here or elsewhere.
    private func soleAccount(of person: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> Account? {
        struct Row: Decodable, Sendable { var accountID: AccountID? }
        let row: Row? = try await tx.first(
            "select account_id from people where organization_id = \(organization) and person_id = \(person)")
        guard let id = row?.accountID, try await parts.people.everyPlace(of: id, in: tx).count == 1 else { return nil }
        return try await parts.accounts.whatever(id, in: tx)
    }
}
