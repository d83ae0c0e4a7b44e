import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var memberImportEndpoints: [Endpoint] { [Endpoint.handle(ImportMembers.self, importMembers)] }

    /// Reading a file is a pure thing; the rows are written in one transaction, all or none of those that are taken.
    @Sendable private func importMembers(_ call: Call<ImportMembers>, _ tx: Transaction) async throws -> ImportMembers.Output {
        let organization = try call.caller.organizationID
        let isDry = call.body.dryRun ?? false
        var file = try MemberFile(call.body.csv)
        file.reject(emails: try await people.taken(file.members.compactMap(\.email), organization, in: tx))
        if !isDry {
            for member in file.members {
                let person = PersonRecord(
                    organizationID: organization, personID: PersonID(now: call.now), accountID: nil, roles: [.member],
                    fullName: member.fullName, email: member.email, phone: member.phone, now: call.now)
                try await people.insert(person, in: tx)
                if let source = member.source { memberProfiles.note(source, of: person, in: tx) }
            }
        }
        return ImportMembers.Output(
            dryRun: isDry, imported: file.members.count, rejected: file.rejected, ignoredColumns: file.ignoredColumns)
    }
}

extension PersonStore {
    /// Which of the addresses are somebody's in the organization.
    func taken(_ emails: [EmailAddress], _ organization: OrganizationID, in tx: Transaction) async throws -> Set<EmailAddress> {
        let indexes = Dictionary(emails.compactMap { email in emailIndex(email, organization).map { ($0, email) } }) { first, _ in first }
        let found: [Data] = try await tx.query(
            """
            select email_index from people
            where organization_id = \(organization) and email_index = any(\(Array(indexes.keys))::bytea[]) and deleted_at is null
            """)
        return Set(found.compactMap { indexes[$0] })
    }
}
