import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres
import ServiceKit

/// Somebody asks for what is held of them: auth's own part, with their account if it was they who asked.
struct OnExportRequested: Reaction {
    static let name = "auth.on-export-requested"
    let parts: AuthParts

    func react(to event: ExportRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        struct Row: Decodable, Sendable { var accountID: UUID? }
        let row: Row? = try await tx.first(
            """
            select case when e.is_own then p.account_id end as account_id
            from exports e join people p using (organization_id, person_id)
            where e.organization_id = \(event.organizationID) and e.export_id = \(event.exportID) and e.finished_at is null
            """)
        // It has expired, or they were erased.
        guard let row else { return }
        let export = PersonExport(
            of: event.personID, in: event.organizationID, from: AuthService.tables, of: AuthContract.self, parts.ring, tx)
        try await export.forEachPart(account: row.accountID) { number, isLast, content in
            try await parts.exports.note(
                content, number, isLast: isLast, by: .auth, to: event.exportID, of: event.personID, event.organizationID,
                at: occasion.time, in: tx)
        }
    }
}
