import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres

/// Which people a list is of.
struct PersonFilter: Sendable {
    var role: Role
    /// Part of the name, or the whole address.
    var query: SearchText?
    /// Only trainers who have it.
    var specialization: Line?
    var certification: Line?
    /// Only trainers who work there on that day.
    var engagedAt: (location: LocationID, day: LocalDay)?
    /// Only members to whom this trainer is assigned.
    var trainer: PersonID?
    /// Only members whom this trainer sees.
    var seenBy: PersonID?
    /// Only members who are at home there.
    var location: LocationID?
}

extension PersonStore {
    /// Newest first.
    ///
    /// - Returns: Up to one more than `limit`, so that the caller can tell whether there is a next page.
    func list(
        _ filter: PersonFilter, in organization: OrganizationID, cursor: Cursor?, limit: PageLimit, tx: Transaction
    ) async throws -> [PersonRecord] {
        guard let page = page(of: filter, in: organization, cursor: cursor, limit: limit) else { return [] }
        let rows: [PersonRow] = try await tx.query(page)
        return try rows.map { try opened($0) }
    }

    /// Those whose ids these are, in no order.
    func list(_ ids: [PersonID], in organization: OrganizationID, tx: Transaction) async throws -> [PersonRecord] {
        let rows: [PersonRow] = try await tx.query(
            """
            select \(PersonRow.columns) from \(PersonRow.tables)
            where p.organization_id = \(organization) and p.person_id = any(\(ids)::uuid[]) and p.deleted_at is null
            """)
        return try rows.map { try opened($0) }
    }

    /// Nil when nobody can be meant.
    func page(of filter: PersonFilter, in organization: OrganizationID, cursor: Cursor?, limit: PageLimit) -> SQL? {
        let text = filter.query?.rawValue ?? ""
        let grams = ring.blindIndexes(Array(NameGrams.asked(by: text)), purpose: Self.grams(organization))
        if !text.isEmpty && grams.isEmpty { return nil }
        let meant: SQL =
            if text.isEmpty {
                ""
            } else if let email = EmailAddress(rawValue: text) {
                "and p.email_index = \(emailIndex(email, organization))"
            } else {
                """
                and p.person_id in (
                    select g.person_id from person_name_grams g
                    where g.organization_id = \(organization) and g.gram = any(\(grams)::bytea[])
                    group by g.person_id having count(*) = \(grams.count))
                """
            }
        // Written out where there is an index that only serves these words.
        let holds: SQL = filter.role == .trainer ? "'trainer' = any(p.roles)" : "\(filter.role)::text = any(p.roles)"
        let before: PersonID? = cursor?.id(0)
        let further: SQL = before.map { "and p.person_id < \($0)" } ?? ""
        return """
            select \(PersonRow.columns) from \(PersonRow.tables)
            where p.organization_id = \(organization) and p.deleted_at is null and \(holds) \(meant) \(filter.narrowing(organization)) \(further)
            order by p.person_id desc limit \(limit.rawValue + 1)
            """
    }
}

extension PersonFilter {
    /// What was not asked for is left out: `$1 is null or ...` would never use an index.
    fileprivate func narrowing(_ organization: OrganizationID) -> SQL {
        let special: SQL = specialization.map { "and t.specializations @> array[\($0)]::text[]" } ?? ""
        let certified: SQL = certification.map { "and t.certifications @> array[\($0)]::text[]" } ?? ""
        let engaged: SQL =
            engagedAt.map {
                """
                and p.person_id in (
                    select e.trainer_id from trainer_engagements e
                    where e.organization_id = \(organization) and e.location_id = \($0.location) and e.status = 'active'
                        and \($0.day.rawValue)::date between e.starts_on and coalesce(e.ends_on, 'infinity'))
                """
            } ?? ""
        let assigned: SQL =
            trainer.map {
                """
                and p.person_id in (
                    select m.member_id from trainer_members m
                    where m.organization_id = \(organization) and m.trainer_id = \($0) and m.ended_at is null)
                """
            } ?? ""
        let seen: SQL = seenBy.map { "and p.person_id in (select members_seen_by(\(organization), \($0)))" } ?? ""
        let home: SQL =
            location.map {
                """
                and p.person_id in (
                    select h.person_id from member_profiles h where h.organization_id = \(organization) and h.home_location_id = \($0))
                """
            } ?? ""
        return "\(special) \(certified) \(engaged) \(assigned) \(seen) \(home)"
    }
}
