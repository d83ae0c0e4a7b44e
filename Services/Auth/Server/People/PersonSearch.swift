import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres

extension PersonStore {
    /// Those with a role, newest first, and among them those whom `query` means: by part of the name, or by the whole address.
    ///
    /// - Parameter specialization: Only trainers who have it.
    /// - Returns: Up to one more than `limit`, so that the caller can tell whether there is a next page.
    func list(
        _ role: Role, in organization: OrganizationID, query: SearchText?, specialization: Line? = nil, cursor: Cursor?, limit: PageLimit,
        tx: Transaction
    ) async throws -> [PersonRecord] {
        let text = query?.rawValue ?? ""
        let grams = ring.blindIndexes(Array(NameGrams.asked(by: text)), purpose: Self.grams(organization))
        if !text.isEmpty && grams.isEmpty { return [] }
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
        let holds: SQL = role == .trainer ? "'trainer' = any(p.roles)" : "\(role)::text = any(p.roles)"
        let special: SQL = specialization.map { "and t.specializations @> array[\($0)]::text[]" } ?? ""
        let before: PersonID? = cursor?.id(0)
        let further: SQL = before.map { "and p.person_id < \($0)" } ?? ""
        let rows: [PersonRow] = try await tx.query(
            """
            select \(PersonRow.columns) from \(PersonRow.tables)
            where p.organization_id = \(organization) and p.deleted_at is null and \(holds) \(meant) \(special) \(further)
            order by p.person_id desc limit \(limit.rawValue + 1)
            """)
        return try rows.map { try opened($0) }
    }
}
