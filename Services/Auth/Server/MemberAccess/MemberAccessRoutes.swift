import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var memberAccessEndpoints: [Endpoint] {
        [
            Endpoint.handle(ListAssignments.self, listAssignments),
            Endpoint.handle(AssignTrainer.self, assignTrainer),
            Endpoint.handle(SetPrimaryTrainer.self, setPrimaryTrainer),
            Endpoint.handle(UnassignTrainer.self, unassignTrainer),
            Endpoint.handle(GrantMember.self, grantMember),
            Endpoint.handle(ListMemberGrants.self, listMemberGrants),
            Endpoint.handle(RevokeMemberGrant.self, revokeMemberGrant),
        ]
    }

    @Sendable private func listAssignments(_ call: Call<ListAssignments>, _ tx: Transaction) async throws -> Assignments {
        let member = try await member(call.input.memberID, for: call.caller, in: tx)
        return Assignments(data: try await assignments.list(member.organizationID, of: member.personID, in: tx))
    }

    @Sendable private func assignTrainer(_ call: Call<AssignTrainer>, _ tx: Transaction) async throws -> Assignments {
        let trains = try await trains(call.input.trainerID, call.caller.organizationID, in: tx)
        let member = try await member(call.input.memberID, for: call.caller, locked: true, in: tx)
        guard trains else { throw Problem.notFound }
        let (organization, id) = (member.organizationID, member.personID)
        try await assignments.assign(call.input.trainerID, to: id, organization, now: call.now, in: tx)
        return Assignments(data: try await assignments.list(organization, of: id, in: tx))
    }

    @Sendable private func setPrimaryTrainer(_ call: Call<SetPrimaryTrainer>, _ tx: Transaction) async throws -> Assignments {
        let trains = try await trains(call.body.trainerID, call.caller.organizationID, in: tx)
        let member = try await member(call.input.memberID, for: call.caller, locked: true, in: tx)
        guard trains else { throw Problem.invalid("#/trainer_id", Self.noTrainer) }
        let (organization, id) = (member.organizationID, member.personID)
        try await assignments.hand(
            id, to: call.body.trainerID, keepsFormer: call.body.keepsFormer ?? false, organization, now: call.now, in: tx)
        return Assignments(data: try await assignments.list(organization, of: id, in: tx))
    }

    @Sendable private func unassignTrainer(_ call: Call<UnassignTrainer>, _ tx: Transaction) async throws -> NoContent {
        let member = try await member(call.input.memberID, for: call.caller, locked: true, in: tx)
        let ended = try await assignments.end(
            call.input.trainerID, of: member.personID, member.organizationID, now: call.now, in: tx)
        guard ended else { throw Problem.notFound }
        return NoContent()
    }

    @Sendable private func grantMember(_ call: Call<GrantMember>, _ tx: Transaction) async throws -> MemberGrant {
        let trains = try await trains(call.body.trainerID, call.caller.organizationID, in: tx)
        let member = try await member(call.input.memberID, for: call.caller, needing: .admin, in: tx)
        guard trains else { throw Problem.invalid("#/trainer_id", Self.noTrainer) }
        let grant = MemberGrant(
            id: MemberGrantID(now: call.now), memberID: member.personID, trainerID: call.body.trainerID, level: call.body.level ?? .read,
            grantedBy: try call.caller.personID, grantedAt: call.now)
        try await memberGrants.insert(grant, member.organizationID, in: tx)
        return grant
    }

    @Sendable private func listMemberGrants(_ call: Call<ListMemberGrants>, _ tx: Transaction) async throws -> MemberGrants {
        let member = try await member(call.input.memberID, for: call.caller, in: tx)
        return MemberGrants(data: try await memberGrants.list(member.organizationID, on: member.personID, in: tx))
    }

    @Sendable private func revokeMemberGrant(_ call: Call<RevokeMemberGrant>, _ tx: Transaction) async throws -> NoContent {
        let member = try await member(call.input.memberID, for: call.caller, needing: .admin, in: tx)
        let revoked = try await memberGrants.revoke(
            call.input.grantID, on: member.personID, member.organizationID, now: call.now, in: tx)
        guard revoked else { throw Problem.notFound }
        return NoContent()
    }

    /// Whether there is such a trainer, who then stays one until the transaction ends. Asked before a member is locked: whoever removes a
    /// trainer locks in this order.
    func trains(_ id: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            select 1 from people
            where organization_id = \(organization) and person_id = \(id) and 'trainer' = any(roles) and is_active and deleted_at is null
            for key share
            """, as: Int.self) != nil
    }

    private static var noTrainer: String { "must be an active trainer of the organization" }
}
