import AuthContract
import ContractKit
import FieldEncryption
import FileStore
import Foundation
import Postgres

/// Trainers' documents: what stands on them sealed under each trainer's key, as their files are.
struct TrainerDocumentStore: Sendable {
    private let keys: PersonKeys
    let files: Files

    init(ring: KeyRing, files: Files) {
        keys = PersonKeys(ring, service: "auth")
        self.files = files
    }

    func list(_ organization: OrganizationID, of trainer: PersonID, in tx: Transaction) async throws -> [TrainerDocument] {
        guard let key = try await keys.find(organization, trainer, in: tx) else { return [] }
        let seal = PersonSeal(key: key, organization, trainer)
        let rows: [TrainerDocumentRow] = try await tx.query(
            """
            \(TrainerDocumentRow.selection) where d.organization_id = \(organization) and d.trainer_id = \(trainer)
            order by d.document_id desc
            """)
        return try rows.map { try $0.opened(with: seal).document }
    }

    /// - Parameter locked: Nobody else changes it until the transaction ends.
    func find(
        _ organization: OrganizationID, _ id: TrainerDocumentID, of trainer: PersonID, locked: Bool = false, in tx: Transaction
    ) async throws -> TrainerDocumentRecord? {
        let lock: SQL = locked ? "for update of d" : ""
        let row: TrainerDocumentRow? = try await tx.first(
            """
            \(TrainerDocumentRow.selection)
            where d.organization_id = \(organization) and d.document_id = \(id) and d.trainer_id = \(trainer)
            \(lock)
            """)
        guard let row, let key = try await keys.find(organization, trainer, in: tx) else { return nil }
        return try row.opened(with: PersonSeal(key: key, organization, trainer))
    }

    func count(_ organization: OrganizationID, of trainer: PersonID, in tx: Transaction) async throws -> Int {
        try await tx.one("select count(*) from trainer_documents where organization_id = \(organization) and trainer_id = \(trainer)")
    }

    func insert(_ document: TrainerDocument, _ organization: OrganizationID, in tx: Transaction) async throws {
        let sealed = try await sealed(document, organization, in: tx)
        try await tx.execute(
            """
            insert into trainer_documents (organization_id, document_id, trainer_id, kind, title, issuer, number, issued_on, expires_on,
                created_at, updated_at)
            values (\(organization), \(document.id), \(document.trainerID), \(document.kind), \(sealed.title), \(sealed.issuer),
                \(sealed.number), \(document.issuedOn?.rawValue)::date, \(document.expiresOn?.rawValue)::date, \(document.createdAt),
                \(document.createdAt))
            """)
    }

    /// Writes a document that was found `locked`, one version up. Of another last day nobody has been told yet.
    func save(
        _ record: TrainerDocumentRecord, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> TrainerDocument {
        var saved = record.document
        saved.version += 1
        saved.updatedAt = now
        let (sealed, verification) = (try await sealed(saved, organization, in: tx), saved.verification)
        try await tx.execute(
            """
            update trainer_documents
            set title = \(sealed.title), issuer = \(sealed.issuer), number = \(sealed.number),
                issued_on = \(saved.issuedOn?.rawValue)::date, expires_on = \(saved.expiresOn?.rawValue)::date,
                warned = case when expires_on is not distinct from \(saved.expiresOn?.rawValue)::date then warned end,
                file_id = \(record.fileID), state = \(verification.state), reason = \(sealed.reason), decided_by = \(verification.by),
                decided_at = \(verification.at), version = \(saved.version), updated_at = \(now)
            where organization_id = \(organization) and document_id = \(saved.id)
            """)
        return saved
    }

    func delete(_ record: TrainerDocumentRecord, _ organization: OrganizationID, in tx: Transaction) async throws {
        try await tx.execute(
            "delete from trainer_documents where organization_id = \(organization) and document_id = \(record.document.id)")
        if let file = record.fileID { try await files.delete(organization, file, in: tx) }
    }

    /// Deletes all documents that a person has here, and all their files.
    func deleteAll(of person: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws {
        try await tx.execute("delete from trainer_documents where organization_id = \(organization) and trainer_id = \(person)")
        try await files.deleteAll(of: person, organization, in: tx)
    }

    /// Seals the documents of somebody who turned out to be `kept` for those, and names those as who decided on others'. Files stay under the
    /// key that they were sealed under.
    ///
    /// - Returns: how many rows that were.
    func move(
        of duplicate: PersonID, to kept: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> Int {
        let rows: [TrainerDocumentRow] = try await tx.query(
            """
            \(TrainerDocumentRow.selection) where d.organization_id = \(organization) and d.trainer_id = \(duplicate)
            order by d.document_id for update of d
            """)
        let seal = PersonSeal(key: try await keys.obtain(organization, duplicate, in: tx), organization, duplicate)
        for row in rows {
            var document = try row.opened(with: seal).document
            document.trainerID = kept
            let sealed = try await sealed(document, organization, in: tx)
            try await tx.execute(
                """
                update trainer_documents
                set trainer_id = \(kept), title = \(sealed.title), issuer = \(sealed.issuer), number = \(sealed.number),
                    reason = \(sealed.reason), version = version + 1, updated_at = \(now)
                where organization_id = \(organization) and document_id = \(document.id)
                """)
        }
        let decided = try await tx.execute(
            """
            update trainer_documents set decided_by = \(kept), version = version + 1, updated_at = \(now)
            where organization_id = \(organization) and decided_by = \(duplicate)
            """)
        return rows.count + decided
    }

    private func sealed(_ document: TrainerDocument, _ organization: OrganizationID, in tx: Transaction) async throws -> Sealed {
        let seal = PersonSeal(key: try await keys.obtain(organization, document.trainerID, in: tx), organization, document.trainerID)
        func sealed(_ text: String, _ column: String) throws -> Data { try seal.seal(text, document.id.column(column)) }
        return Sealed(
            title: try sealed(document.title.rawValue, "title"), issuer: try document.issuer.map { try sealed($0.rawValue, "issuer") },
            number: try document.number.map { try sealed($0.rawValue, "number") },
            reason: try document.verification.reason.map { try sealed($0.rawValue, "reason") })
    }

    private struct Sealed {
        var title: Data
        var issuer: Data?
        var number: Data?
        var reason: Data?
    }
}

/// A document as the tables hold it.
private struct TrainerDocumentRow: Decodable, Sendable {
    var documentID: TrainerDocumentID
    var trainerID: PersonID
    var kind: TrainerDocumentKind
    var title: Data
    var issuer: Data?
    var number: Data?
    var issuedOn: LocalDay?
    var expiresOn: LocalDay?
    var state: VerificationState
    var reason: Data?
    var decidedBy: PersonID?
    var decidedAt: Date?
    var fileID: FileID?
    var type: FileType?
    var size: Int?
    var uploadedAt: Date?
    var createdAt: Date
    var updatedAt: Date
    var version: Int64

    static let selection: SQL = """
        select d.document_id, d.trainer_id, d.kind, d.title, d.issuer, d.number, d.issued_on, d.expires_on, d.state, d.reason, d.decided_by,
            d.decided_at, d.file_id, f.type, f.size, f.created_at as uploaded_at, d.created_at, d.updated_at, d.version
        from trainer_documents d left join files f using (organization_id, file_id)
        """

    func opened(with seal: PersonSeal) throws -> TrainerDocumentRecord {
        func line(_ sealed: Data?, _ column: String) throws -> Line? {
            try sealed.flatMap { Line(rawValue: try seal.open($0, documentID.column(column))) }
        }
        guard let title = try line(title, "title") else { throw FieldEncryptionError.malformed }
        var file: DocumentFile?
        if let type, let size, let uploadedAt { file = DocumentFile(type: type, size: size, uploadedAt: uploadedAt) }
        let reason = try reason.flatMap { Paragraph(rawValue: try seal.open($0, documentID.column("reason"))) }
        return TrainerDocumentRecord(
            document: TrainerDocument(
                id: documentID, trainerID: trainerID, kind: kind, title: title, issuer: try line(issuer, "issuer"),
                number: try line(number, "number"), issuedOn: issuedOn, expiresOn: expiresOn, file: file,
                verification: Verification(state, reason: reason, by: decidedBy, at: decidedAt), createdAt: createdAt,
                updatedAt: updatedAt, version: version),
            fileID: fileID)
    }
}

extension TrainerDocumentID {
    /// Where a sealed value of the document opens, and nowhere else.
    fileprivate func column(_ name: String) -> String { "trainer_documents/\(self)/\(name)" }
}
