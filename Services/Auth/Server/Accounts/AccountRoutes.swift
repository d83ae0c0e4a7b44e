import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var accountEndpoints: [Endpoint] {
        [
            Endpoint.handle(GetAccount.self, getAccount), Endpoint.handle(UpdateAccount.self, updateAccount),
            Endpoint.handle(SetUsername.self, setUsername), Endpoint.handle(RemoveUsername.self, removeUsername),
        ]
    }

    @Sendable private func getAccount(_ call: Call<GetAccount>, _ tx: Transaction) async throws -> OwnAccount {
        let caller = try call.caller
        // All that is shown is their own, in other organizations as well.
        try await tx.enter(Tenant(caller.organizationID, person: caller.personID))
        return try await shown(try await accounts.account(of: caller, in: tx), in: tx)
    }

    @Sendable private func updateAccount(_ call: Call<UpdateAccount>, _ tx: Transaction) async throws -> OwnAccount {
        let account = try await accounts.account(of: call.caller, in: tx)
        if let metadata = call.body.metadata { try await accounts.write(metadata, of: account.accountID, now: call.now, in: tx) }
        return try await shown(account, in: tx)
    }

    @Sendable private func setUsername(_ call: Call<SetUsername>, _ tx: Transaction) async throws -> NoContent {
        let account = try await accounts.account(of: call.caller, in: tx).accountID
        try await accounts.change(account, to: call.body.username, now: call.now, in: tx)
        return NoContent()
    }

    @Sendable private func removeUsername(_ call: Call<RemoveUsername>, _ tx: Transaction) async throws -> NoContent {
        let account = try await accounts.account(of: call.caller, in: tx).accountID
        try await accounts.change(account, to: Username?.none, now: call.now, in: tx)
        return NoContent()
    }

    private func shown(_ account: Account, in tx: Transaction) async throws -> OwnAccount {
        let kept = try await accounts.kept(account.accountID, in: tx)
        let memberships = try await people.places(of: account.accountID, in: tx).compactMap { place in
            place.slug.map {
                Membership(organizationID: place.organizationID, slug: $0, personID: place.personID, roles: place.roles)
            }
        }
        return OwnAccount(
            email: try accounts.address(of: account), username: kept.username, emailVerified: account.isVerified, metadata: kept.metadata,
            memberships: memberships, lastLoginAt: account.lastLoginAt, createdAt: kept.createdAt)
    }
}
