import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var mergeEndpoints: [Endpoint] {
        [
            Endpoint.handle(MergePeople.self, mergePeople),
            Endpoint.handle(ListPersonMerges.self, listPersonMerges),
            Endpoint.handle(GetPersonMerge.self, getPersonMerge),
        ]
    }

    @Sendable private func mergePeople(_ call: Call<MergePeople>, _ tx: Transaction) async throws -> MergePeople.Output {
        let (caller, id, duplicate) = (try call.caller, call.input.personID, call.body.duplicateID)
        let organization = caller.organizationID
        if call.body.dryRun == true {
            let both = try await pair(id, duplicate, caller, in: tx)
            return MergePeople.Output(plan: try await planned(both.kept, both.duplicate, in: tx).plan, merge: nil)
        }
        // Whoever is merged is gone, and what came of it can still be shown.
        if let known = try await personMerges.find(of: duplicate, into: id, organization, in: tx) { return known }
        _ = try await pair(id, duplicate, caller, in: tx)
        // In the order in which others take these locks: who is under whom, what is heard of people, the people.
        try await organizations.lock(organization, in: tx)
        let merging = try await PersonMerging.begin(duplicate, into: id, in: organization, from: AuthService.tables, tx)
        try await hold(id, duplicate, organization, in: tx)
        let both = try await pair(id, duplicate, caller, in: tx)
        return try await merge(both.kept, both.duplicate, merging, by: caller.personID, now: call.now, in: tx)
    }

    @Sendable private func listPersonMerges(_ call: Call<ListPersonMerges>, _ tx: Transaction) async throws -> Page<PersonMerge> {
        try await personMerges.list(
            call.caller.organizationID, cursor: call.input.cursor, limit: call.input.limit ?? .standard, in: tx)
    }

    @Sendable private func getPersonMerge(_ call: Call<GetPersonMerge>, _ tx: Transaction) async throws -> PersonMerge {
        guard let merge = try await personMerges.find(call.input.mergeID, call.caller.organizationID, in: tx) else {
            throw Problem.notFound
        }
        return merge
    }

    /// - Throws: ``Problem`` `.notFound` when one of them is not here, or not any more; what ``MergeRules/check(_:_:by:)`` throws;
    ///   `.forbidden` when one of them works where the caller does not.
    private func pair(
        _ id: PersonID, _ duplicate: PersonID, _ caller: Caller, in tx: Transaction
    ) async throws -> (kept: PersonRecord, duplicate: PersonRecord) {
        let organization = caller.organizationID
        guard let kept = try await people.find(organization, id, in: tx),
            let other = try await people.find(organization, duplicate, in: tx)
        else { throw Problem.notFound }
        try MergeRules.check(kept, other, by: caller.roles)
        // The kept person signs in as the duplicate did, and works wherever either does.
        guard [kept, other].allSatisfy({ PersonLocationRules.reaches(caller.locationIDs, $0) }) else { throw Problem(.forbidden) }
        return (kept, other)
    }

    /// Nobody else changes the two until the transaction ends, nor the members whom the duplicate trains.
    private func hold(_ id: PersonID, _ duplicate: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws {
        try await tx.execute(
            """
            select 1 from people where organization_id = \(organization) and person_id in (\(id), \(duplicate))
            order by person_id for update
            """)
        try await tx.execute(
            """
            select 1 from people
            where organization_id = \(organization) and person_id in (
                select member_id from trainer_members
                where organization_id = \(organization) and trainer_id = \(duplicate) and ended_at is null)
            order by person_id for update
            """)
    }
}
