import AuthContract
import ContractKit
import FileStore
import Messaging
import Postgres
import ServiceKit

extension Job {
    /// Objects that no file needs: of uploads that came to nothing, and of files that were deleted.
    static func looseFiles(_ files: Files) -> Job {
        Job("loose-files", every: .seconds(60)) { run in
            while try await run.transaction({ try await files.removeLoose(in: $0) }) {}
        }
    }

    /// Says what will run out within 30 days, within 7, and what has: each once. Days are those of the organization's zone.
    static let expiringTrainerDocuments = Job("expiring-trainer-documents", every: .seconds(3600)) { run in
        try await run.forEachOrganization { organization in
            while try await run.transaction(as: Tenant(organization), { try await TrainerDocumentExpiry.warn(organization, in: $0) }) {}
        }
    }
}

private enum TrainerDocumentExpiry {
    private static let portion = 100

    /// - Returns: Whether there may be more.
    static func warn(_ organization: OrganizationID, in tx: Transaction) async throws -> Bool {
        let due: [Due] = try await tx.query(
            """
            update trainer_documents d set warned = n.step, said = said + 1
            from (
                select document_id, step from trainer_documents
                join people p using (organization_id)
                cross join (
                    select (now() at time zone time_zone)::date as day from organizations where organization_id = \(organization)) t
                cross join lateral (
                    select case when expires_on < day then 0 when expires_on <= day + 7 then 7 else 30 end as step) s
                where organization_id = \(organization) and p.person_id = trainer_id and 'trainer' = any (p.roles) and p.is_active
                    and expires_on <= day + 30 and step < coalesce(warned, 31) and state <> 'rejected'
                order by expires_on limit \(portion)
                for update of trainer_documents) n
            where d.organization_id = \(organization) and d.document_id = n.document_id
            returning d.document_id, d.trainer_id, d.kind, d.expires_on, d.warned = 0 as has_expired, d.said
            """)
        guard !due.isEmpty else { return false }
        let staff: [PersonID] = try await tx.query(
            """
            select person_id from people
            where organization_id = \(organization) and roles && array['owner', 'admin'] and is_active order by person_id
            """)
        for document in due {
            try await tx.emit(
                TrainerDocumentExpiring(
                    organizationID: organization, documentID: document.documentID, trainerID: document.trainerID, kind: document.kind,
                    expiresOn: document.expiresOn, hasExpired: document.hasExpired, staffIDs: staff.filter { $0 != document.trainerID },
                    version: document.said))
        }
        return due.count == portion
    }

    private struct Due: Decodable, Sendable {
        var documentID: TrainerDocumentID
        var trainerID: PersonID
        var kind: TrainerDocumentKind
        var expiresOn: LocalDay
        var hasExpired: Bool
        var said: Int64
    }
}
