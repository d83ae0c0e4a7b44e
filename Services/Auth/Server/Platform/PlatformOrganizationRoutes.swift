import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var platformOrganizationEndpoints: [Endpoint] {
        [
            platform(ListOrganizations.self, listOrganizations),
            platform(SuspendOrganization.self) { call, admin, tx in
                try await change(call.input.organizationID, by: admin, call, in: tx) { try OrganizationRules.suspended($0) }
            },
            platform(ReactivateOrganization.self) { call, admin, tx in
                try await change(call.input.organizationID, by: admin, call, in: tx) { try OrganizationRules.reactivated($0) }
            },
            platform(RestoreOrganization.self) { call, admin, tx in
                try await change(call.input.organizationID, by: admin, call, in: tx) { try OrganizationRules.restored($0, now: call.now) }
            },
            platform(FindAccount.self, findAccount),
            platform(UpdateAccountStatus.self, updateStatus),
        ]
    }

    @Sendable private func listOrganizations(
        _ call: Call<ListOrganizations>, _ admin: PlatformAdminRow, _ tx: Transaction
    ) async throws -> Page<ListedOrganization> {
        try await organizations.list(call.input, in: tx)
    }

    private func change<O>(
        _ id: OrganizationID, by admin: PlatformAdminRow, _ call: Call<O>, in tx: Transaction,
        to: (OrganizationStore.Standings) throws -> Standing
    ) async throws -> ListedOrganization {
        try await tx.enter(Tenant(id, admin: admin.platformAdminID))
        guard let before = try await organizations.standing(of: id, locked: true, in: tx) else { throw Problem.notFound }
        let after = try to(before)
        if after != before.standing { try await organizations.change(id, to: after, now: call.now, in: tx) }
        guard let listed = try await organizations.listed(id, in: tx) else { throw Problem.notFound }
        return listed
    }

    @Sendable private func findAccount(
        _ call: Call<FindAccount>, _ admin: PlatformAdminRow, _ tx: Transaction
    ) async throws -> ListedAccount {
        guard let account = try await accounts.listed(call.body.email, in: tx) else { throw Problem.notFound }
        return account
    }

    @Sendable private func updateStatus(
        _ call: Call<UpdateAccountStatus>, _ admin: PlatformAdminRow, _ tx: Transaction
    ) async throws -> ListedAccount {
        let (id, status) = (call.input.accountID, call.body.status)
        guard let before = try await accounts.listed(id, locked: true, in: tx) else { throw Problem.notFound }
        guard status != before.status else { return before }
        let version = try await accounts.change(id, to: status, now: call.now, in: tx)
        try await tell(of: id, status, version: version, now: call.now, in: tx)
        guard let after = try await accounts.listed(id, in: tx) else { throw Problem.notFound }
        return after
    }
}
