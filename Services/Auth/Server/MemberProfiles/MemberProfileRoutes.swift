import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var memberProfileEndpoints: [Endpoint] {
        [
            Endpoint.handle(GetMemberProfile.self, getMemberProfile),
            Endpoint.handle(PutMemberProfile.self, putMemberProfile),
            Endpoint.handle(CountMemberSources.self, countMemberSources),
            Endpoint.handle(GetMemberHealth.self, getMemberHealth),
            Endpoint.handle(PutMemberHealth.self, putMemberHealth),
        ]
    }

    @Sendable private func getMemberProfile(_ call: Call<GetMemberProfile>, _ tx: Transaction) async throws -> MemberProfile {
        let member = try await member(call.input.memberID, for: call.caller, in: tx)
        return try await profile(of: member, in: tx)
    }

    @Sendable private func putMemberProfile(_ call: Call<PutMemberProfile>, _ tx: Transaction) async throws -> MemberProfile {
        let member = try await member(call.input.memberID, for: call.caller, needing: .write, locked: true, in: tx)
        let (before, body) = (try await profile(of: member, in: tx), call.body)
        try before.check(call.expectedVersion)
        // Nobody is born tomorrow, wherever they are.
        if let day = body.dateOfBirth, day > LocalDay(call.now.addingTimeInterval(86_400), in: .gmt) {
            throw Problem.invalid("#/date_of_birth", "must not lie in the future")
        }
        if let home = body.homeLocationID, try await locations.find(member.organizationID, home, in: tx) == nil {
            throw Problem.invalid("#/home_location_id", "must be one of the organization's locations")
        }
        let after = MemberProfile(
            memberID: before.memberID, trainingPhase: body.trainingPhase, motivation: body.motivation, dateOfBirth: body.dateOfBirth,
            emergencyContact: body.emergencyContact, source: body.source, homeLocationID: body.homeLocationID,
            preferences: body.preferences ?? .empty, metadata: body.metadata ?? .empty, joinedAt: before.joinedAt, version: before.version)
        guard after != before else { return before }
        return try await memberProfiles.save(after, member.organizationID, now: call.now, in: tx)
    }

    @Sendable private func countMemberSources(
        _ call: Call<CountMemberSources>, _ tx: Transaction
    ) async throws -> CountMemberSources.Output {
        CountMemberSources.Output(data: try await memberProfiles.sources(call.caller.organizationID, in: tx))
    }

    @Sendable private func getMemberHealth(_ call: Call<GetMemberHealth>, _ tx: Transaction) async throws -> MemberHealth {
        let member = try await treated(call.input.memberID, for: call.caller, needing: .read, in: tx)
        guard let health = try await memberHealth.find(member.organizationID, member.personID, in: tx) else { throw Problem.notFound }
        return health
    }

    @Sendable private func putMemberHealth(_ call: Call<PutMemberHealth>, _ tx: Transaction) async throws -> MemberHealth {
        let member = try await treated(call.input.memberID, for: call.caller, needing: .write, in: tx)
        let info = call.body.medicalInfo ?? MedicalInfo()
        for (name, list) in [("conditions", info.conditions), ("medications", info.medications), ("allergies", info.allergies)] {
            if list.count > 50 { throw Problem.invalid("#/medical_info/\(name)", "must be at most 50") }
        }
        let before = try await memberHealth.find(member.organizationID, member.personID, in: tx)
        if let expected = call.expectedVersion, expected != before?.version { throw Problem(.preconditionFailed) }
        let health = MemberHealth(
            memberID: member.personID, specialSituation: call.body.specialSituation, medicalInfo: info, goals: call.body.goals,
            updatedAt: call.now, version: (before?.version ?? 0) + 1)
        try await memberHealth.save(health, member.organizationID, in: tx)
        return health
    }

    private func profile(of member: PersonRecord, in tx: Transaction) async throws -> MemberProfile {
        guard let profile = try await memberProfiles.find(member.organizationID, member.personID, in: tx) else { throw Problem.notFound }
        return profile
    }

    /// - Throws: ``Problem`` `.notFound`; `.forbidden` for trainers who see the member as one of their team's only.
    private func treated(
        _ id: PersonID, for caller: Caller, needing level: AccessLevel, in tx: Transaction
    ) async throws -> PersonRecord {
        let member = try await member(id, for: caller, needing: level, locked: level > .read, in: tx)
        guard id != caller.personID else { return member }
        guard try await memberGrants.treats(caller.personID, id, member.organizationID, in: tx) else { throw Problem(.forbidden) }
        return member
    }
}
