import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

/// Who was merged into whom, and what the services have answered.
struct PersonMergeStore: Sendable {
    /// Asks every other service, with what auth has done.
    func open(
        _ duplicate: PersonID, into kept: PersonID, _ plan: PersonMergePlan, _ organization: OrganizationID, by requester: PersonID,
        now: Date, in tx: Transaction
    ) async throws -> PersonMergeID {
        let id = PersonMergeID(now: now)
        try await tx.execute(
            """
            insert into person_merges (organization_id, merge_id, kept_id, duplicate_id, requested_by, plan, created_at, updated_at)
            values (\(organization), \(id), \(kept), \(duplicate), \(requester), \(try JSONB.text(plan))::jsonb, \(now), \(now))
            """)
        try await tx.emit(PersonMerged(organizationID: organization, mergeID: id, keptID: kept, duplicateID: duplicate))
        return id
    }

    func find(_ id: PersonMergeID, _ organization: OrganizationID, in tx: Transaction) async throws -> PersonMerge? {
        let row: Row? = try await tx.first(
            "select \(Self.columns) from person_merges where organization_id = \(organization) and merge_id = \(id)")
        return try row?.merge
    }

    /// What was asked for before, with what it came to.
    func find(
        of duplicate: PersonID, into kept: PersonID, _ organization: OrganizationID, in tx: Transaction
    ) async throws -> MergePeople.Output? {
        let row: Row? = try await tx.first(
            """
            select \(Self.columns) from person_merges
            where organization_id = \(organization) and duplicate_id = \(duplicate) and kept_id = \(kept)
            """)
        guard let row, let plan: PersonMergePlan = try JSONB.value(row.plan) else { return nil }
        return MergePeople.Output(plan: plan, merge: try row.merge)
    }

    /// Who somebody is now who was merged; nil for everybody else.
    func kept(insteadOf person: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> PersonID? {
        try await tx.first("select kept_id from merged_people where organization_id = \(organization) and person_id = \(person)")
    }

    func list(_ organization: OrganizationID, cursor: Cursor?, limit: PageLimit, in tx: Transaction) async throws -> Page<PersonMerge> {
        let before: PersonMergeID? = cursor?.id(0)
        let further: SQL = before.map { "and merge_id < \($0)" } ?? ""
        let rows: [Row] = try await tx.query(
            """
            select \(Self.columns) from person_merges where organization_id = \(organization) \(further)
            order by merge_id desc limit \(limit.rawValue + 1)
            """)
        return Page(rows: try rows.map { try $0.merge }, limit: limit) { Cursor($0.id) }
    }

    /// Notes what a service has done. The last answer finishes the merge; one that comes again changes nothing.
    func note(
        _ deeds: [MergeDeed], by service: MergingService, to id: PersonMergeID, _ organization: OrganizationID, at time: Date,
        in tx: Transaction
    ) async throws {
        let answer = try JSONB.text([service.rawValue: Answer(mergedAt: time, deeds: deeds)])
        try await tx.execute(
            """
            update person_merges set answers = answers || \(answer)::jsonb, updated_at = \(time), version = version + 1,
                finished_at = case when (answers || \(answer)::jsonb) ?& \(MergingService.allCases)::text[] then \(time)::timestamptz end
            where organization_id = \(organization) and merge_id = \(id) and not answers ? \(service)
            """)
    }

    private static let columns: SQL =
        "merge_id, kept_id, duplicate_id, requested_by, plan::text as plan, answers::text as answers, created_at, finished_at, version"

    private struct Answer: Codable, Sendable {
        var mergedAt: Date
        var deeds: [MergeDeed]
    }

    private struct Row: Decodable, Sendable {
        var mergeID: PersonMergeID
        var keptID: PersonID
        var duplicateID: PersonID
        var requestedBy: PersonID?
        var plan: String
        var answers: String
        var createdAt: Date
        var finishedAt: Date?
        var version: Int64

        var merge: PersonMerge {
            get throws {
                let answers: [String: Answer] = try JSONB.value(answers) ?? [:]
                let parts = MergingService.allCases.map { service in
                    let answer = answers[service.rawValue]
                    return MergePart(service: service, mergedAt: answer?.mergedAt, deeds: answer?.deeds ?? [])
                }
                return PersonMerge(
                    id: mergeID, keptID: keptID, duplicateID: duplicateID, requestedBy: requestedBy, createdAt: createdAt,
                    finishedAt: finishedAt, services: parts, version: version)
            }
        }
    }
}
