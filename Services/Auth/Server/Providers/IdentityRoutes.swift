import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var identityEndpoints: [Endpoint] {
        [
            Endpoint.handle(ListIdentities.self, listIdentities),
            Endpoint.handle(LinkIdentity.self, preparing: identityToLink, linkIdentity),
            Endpoint.handle(UnlinkIdentity.self, unlinkIdentity),
        ]
    }

    @Sendable private func listIdentities(_ call: Call<ListIdentities>, _ tx: Transaction) async throws -> Page<Identity> {
        let account = try await accounts.account(of: call.caller, in: tx).accountID
        return Page(data: try await identities.list(of: account, in: tx), nextCursor: nil)
    }

    /// Only what this account began: a link that somebody else was brought to finish would be theirs to sign in with.
    @Sendable private func identityToLink(_ call: Call<LinkIdentity>) async throws -> ProvenIdentity {
        let caller = try call.caller
        let account = try await database.transaction(as: Tenant(caller.organizationID, person: caller.personID), readOnly: true) { tx in
            try await accounts.account(of: caller, in: tx).accountID
        }
        return try await identity(call.body, now: call.now) { $0.accountID == account }
    }

    @Sendable private func linkIdentity(_ call: Call<LinkIdentity>, _ proven: ProvenIdentity, _ tx: Transaction) async throws -> Identity {
        guard try await providerSignIns.use(call.body.state.rawValue, in: tx), let id = proven.begun.accountID,
            let account = try await accounts.account(id, locked: true, in: tx)
        else { throw Problem(.oidcFailed) }
        // Or whoever signs up with somebody else's address would still come in when that one has claimed it.
        guard account.isVerified else { throw Problem(.emailNotVerified).lasting }
        let identity = try await identities.link(proven.key, proven.provider.settings.name, to: id, now: call.now, in: tx)
        try await accountLinks.mail(
            .identityLinked, to: try accounts.address(of: account), of: id, at: call.caller.place, now: call.now, in: tx)
        return identity
    }

    @Sendable private func unlinkIdentity(_ call: Call<UnlinkIdentity>, _ tx: Transaction) async throws -> NoContent {
        guard try await identities.unlink(call.input.identityID, of: call.caller, in: tx) else { throw Problem.notFound }
        return NoContent()
    }
}
