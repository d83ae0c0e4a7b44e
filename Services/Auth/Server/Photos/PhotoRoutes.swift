import AuthContract
import ContractKit
import FileStore
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var photoEndpoints: [Endpoint] {
        [
            Endpoint.upload(UploadPhoto.self, upTo: fileLimit, preparing: storePhoto, uploadPhoto),
            Endpoint.download(DownloadPhoto.self, from: files, finding: findPhoto),
            Endpoint.handle(RemovePhoto.self, removePhoto),
        ]
    }

    /// Checks and stores the picture. Whoever may not send it is told before anything is stored.
    @Sendable private func storePhoto(_ call: Call<UploadPhoto>) async throws -> StoredUpload {
        let (caller, id) = (try call.caller, call.input.personID)
        let file = try FileCheck.cleaned(call.body)
        let begun = try await database.transaction(as: caller.tenant()) { tx in
            try await hold(id, call, in: tx)
            return try await files.begin(caller.organizationID, id, now: call.now, in: tx)
        }
        try await files.write(file, to: begun)
        return StoredUpload(file: file, begun: begun)
    }

    @Sendable private func uploadPhoto(_ call: Call<UploadPhoto>, _ upload: StoredUpload, _ tx: Transaction) async throws -> Photo {
        let (organization, id) = (try call.caller.organizationID, call.input.personID)
        try await hold(id, call, in: tx)
        let before = try await photo(of: id, organization, in: tx)
        try await files.keep(upload.begun, upload.file, now: call.now, in: tx)
        try await tx.execute(
            """
            insert into person_photos (organization_id, person_id, file_id, created_at, updated_at)
            values (\(organization), \(id), \(upload.begun.id), \(call.now), \(call.now))
            on conflict (organization_id, person_id) do update set file_id = excluded.file_id, updated_at = excluded.updated_at
            """)
        if let before { try await files.delete(organization, before, in: tx) }
        return Photo(personID: id, type: upload.file.type, size: upload.file.bytes.count, uploadedAt: call.now)
    }

    @Sendable private func findPhoto(_ call: Call<DownloadPhoto>, _ tx: Transaction) async throws -> FoundFile {
        let (organization, id) = (try call.caller.organizationID, call.input.personID)
        // Hidden by the database from whoever may not see the person.
        guard let person = try await people.find(organization, id, in: tx), let photo = try await photo(of: id, organization, in: tx),
            let file = try await files.find(organization, photo, in: tx)
        else { throw Problem.notFound }
        return FoundFile(file, shown: person.roles.contains(.member) ? [ShownMember(id)] : [])
    }

    @Sendable private func removePhoto(_ call: Call<RemovePhoto>, _ tx: Transaction) async throws -> NoContent {
        let (organization, id) = (try call.caller.organizationID, call.input.personID)
        try await hold(id, call, in: tx)
        // The row goes with it.
        if let photo = try await photo(of: id, organization, in: tx) { try await files.delete(organization, photo, in: tx) }
        return NoContent()
    }

    private func photo(of person: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> FileID? {
        try await tx.first("select file_id from person_photos where organization_id = \(organization) and person_id = \(person)")
    }

    /// A person whose photo nobody else changes until the transaction ends.
    ///
    /// - Throws: ``Problem`` `.notFound`; `.forbidden` when it is somebody else, whom everybody here knows of.
    private func hold<O>(_ id: PersonID, _ call: Call<O>, in tx: Transaction) async throws {
        let caller = try call.caller
        guard let person = try await people.find(caller.organizationID, id, locked: true, in: tx) else { throw Problem.notFound }
        guard caller.scope == .organization || id == caller.personID else {
            throw Problem(Set(person.roles).isDisjoint(with: [.owner, .admin, .trainer]) ? .notFound : .forbidden)
        }
    }
}
