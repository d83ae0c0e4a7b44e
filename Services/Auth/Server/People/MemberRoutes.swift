import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var memberEndpoints: [Endpoint] {
        [
            Endpoint.handle(CreateMember.self, preparing: hashMembersPassword, createMember),
            Endpoint.handle(ListMembers.self, listMembers),
            Endpoint.handle(GetMember.self, getMember),
            Endpoint.handle(UpdateMember.self, updateMember),
            Endpoint.handle(DeleteMember.self, deleteMember),
        ]
    }

    @Sendable private func hashMembersPassword(_ call: Call<CreateMember>) async throws -> PasswordHash? {
        guard let password = call.body.password else { return nil }
        return try await hash(chosen: password, for: call.body.email, in: call.caller.organizationID, from: call.address)
    }

    @Sendable private func createMember(_ call: Call<CreateMember>, _ password: PasswordHash?, _ tx: Transaction) async throws -> Person {
        let caller = try call.caller
        let member = PersonRecord(
            organizationID: caller.organizationID, personID: PersonID(now: call.now), accountID: nil, roles: [.member],
            fullName: call.body.fullName, email: call.body.email, phone: call.body.phone, now: call.now)
        var isTheirs = false
        if caller.roles.contains(.trainer) { isTheirs = try await trains(caller.personID, caller.organizationID, in: tx) }
        // A trainer until just now: their token says it for some minutes more.
        guard isTheirs || caller.scope == .organization else { throw Problem(.unauthenticated) }
        let joined = try await join(member, password: password, now: call.now, in: tx)
        if isTheirs {
            try await assignments.assign(caller.personID, to: joined.personID, caller.organizationID, now: call.now, in: tx)
        }
        return joined.person
    }

    @Sendable private func listMembers(_ call: Call<ListMembers>, _ tx: Transaction) async throws -> Page<Person> {
        let caller = try call.caller
        let limit = call.input.limit ?? .standard
        let filter = PersonFilter(
            role: .member, query: call.input.query, trainer: call.input.trainerID, seenBy: caller.ownPerson, location: call.input.locationID
        )
        let found = try await people.list(filter, in: caller.organizationID, cursor: call.input.cursor, limit: limit, tx: tx)
        return Page(rows: found.map(\.person), limit: limit) { Cursor($0.id) }
    }

    @Sendable private func getMember(_ call: Call<GetMember>, _ tx: Transaction) async throws -> Person {
        try await member(call.input.memberID, for: call.caller, in: tx).person
    }

    @Sendable private func updateMember(_ call: Call<UpdateMember>, _ tx: Transaction) async throws -> Person {
        let before = try await member(call.input.memberID, for: call.caller, needing: .write, locked: true, in: tx)
        return try await save(before.changed(by: call.body), before, call, in: tx).person
    }

    @Sendable private func deleteMember(_ call: Call<DeleteMember>, _ tx: Transaction) async throws -> NoContent {
        let member = try await member(call.input.memberID, for: call.caller, locked: true, in: tx)
        try member.check(call.expectedVersion)
        guard member.roles == [.member] else { throw Problem(.hasOtherRoles) }
        return try await remove(member, call, in: tx)
    }

    /// - Throws: ``Problem`` `.notFound`, also for those whom the caller may not see: who else is a member here is not for members to know,
    ///   nor for trainers whose members they are not; `.forbidden` for trainers whose reach is less than `level`.
    func member(
        _ id: PersonID, for caller: Caller, needing level: AccessLevel = .read, locked: Bool = false, in tx: Transaction
    ) async throws -> PersonRecord {
        let reach = try await reach(of: caller, to: id, in: tx)
        guard let reach, let member = try await people.find(caller.organizationID, id, as: .member, locked: locked, in: tx) else {
            throw Problem.notFound
        }
        guard reach >= level else { throw Problem(.forbidden) }
        return member
    }

    private func reach(of caller: Caller, to member: PersonID, in tx: Transaction) async throws -> AccessLevel? {
        guard case .own(let roles) = caller.scope, !(roles.contains(.member) && member == caller.personID) else { return .admin }
        guard roles.contains(.trainer) else { return nil }
        return try await memberGrants.level(of: caller.personID, on: member, caller.organizationID, in: tx)
    }
}
