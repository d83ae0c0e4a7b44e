import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var platformAdminEndpoints: [Endpoint] {
        [
            platform(ListPlatformAdmins.self, listAdmins),
            platform(CreatePlatformAdmin.self, preparing: hashPassword, createAdmin),
            platform(UpdatePlatformAdmin.self, updateAdmin),
            platform(ListInstallationAuditLog.self) { call, _, tx in
                let asked = call.input
                return try await tx.auditLog(
                    of: .none,
                    ListAuditLog<AuthContract>(
                        actorID: asked.actorID, recordType: asked.recordType, from: asked.from, to: asked.to, limit: asked.limit,
                        cursor: asked.cursor))
            },
        ]
    }

    @Sendable private func listAdmins(
        _ call: Call<ListPlatformAdmins>, _ admin: PlatformAdminRow, _ tx: Transaction
    ) async throws -> Page<PlatformAdmin> {
        try await platformAdmins.list(cursor: call.input.cursor, limit: call.input.limit ?? .standard, in: tx)
    }

    @Sendable private func hashPassword(_ call: Call<CreatePlatformAdmin>) async throws -> PasswordHash {
        let body = call.body
        return try await hash(
            chosen: body.password, knowing: PasswordRules.words(of: body.email) + [body.username.rawValue], from: call.address)
    }

    @Sendable private func createAdmin(
        _ call: Call<CreatePlatformAdmin>, _ password: PasswordHash, _ tx: Transaction
    ) async throws -> PlatformAdmin {
        let id = try await platformAdmins.insert(call.body.username, call.body.email, password, now: call.now, in: tx)
        return try await shown(id, in: tx)
    }

    @Sendable private func updateAdmin(
        _ call: Call<UpdatePlatformAdmin>, _ admin: PlatformAdminRow, _ tx: Transaction
    ) async throws -> PlatformAdmin {
        guard let row = try await platformAdmins.find(call.input.platformAdminID, locked: true, in: tx) else { throw Problem.notFound }
        let before = try platformAdmins.shown(row)
        try before.check(call.expectedVersion)
        guard let isActive = call.body.isActive, isActive != before.isActive else { return before }
        guard before.id != admin.platformAdminID else { throw Problem(.ownStanding) }
        try await platformAdmins.change(before.id, isActive: isActive, now: call.now, in: tx)
        if !isActive { try await platformSessions.endAll(of: before.id, now: call.now, in: tx) }
        return try await shown(before.id, in: tx)
    }

    private func shown(_ id: PlatformAdminID, in tx: Transaction) async throws -> PlatformAdmin {
        guard let row = try await platformAdmins.find(id, in: tx) else { throw Problem.notFound }
        return try platformAdmins.shown(row)
    }
}
