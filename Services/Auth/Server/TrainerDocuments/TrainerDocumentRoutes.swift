import AuthContract
import ContractKit
import FileStore
import Postgres
import ServiceKit

/// A file that lies in the store and has no row yet.
struct StoredUpload: Sendable {
    var file: FileContent
    var begun: BegunFile
}

extension AuthParts {
    var trainerDocumentEndpoints: [Endpoint] {
        [
            Endpoint.handle(CreateTrainerDocument.self, createDocument),
            Endpoint.handle(ListTrainerDocuments.self, listDocuments),
            Endpoint.handle(UpdateTrainerDocument.self, updateDocument),
            Endpoint.upload(UploadTrainerDocument.self, upTo: fileLimit, preparing: storeUpload, uploadDocument),
            Endpoint.download(DownloadTrainerDocument.self, from: files, finding: findDocumentFile),
            Endpoint.handle(VerifyTrainerDocument.self, verifyDocument),
            Endpoint.handle(DeleteTrainerDocument.self, deleteDocument),
        ]
    }

    @Sendable private func createDocument(_ call: Call<CreateTrainerDocument>, _ tx: Transaction) async throws -> TrainerDocument {
        let (trainer, body) = (try await trainer(call.input.trainerID, call, in: tx), call.body)
        // The trainer is held: nobody adds another meanwhile.
        guard try await trainerDocuments.count(trainer.organizationID, of: trainer.personID, in: tx) < 50 else {
            throw Problem(.conflict, detail: "A trainer has fifty documents at most")
        }
        let record = TrainerDocumentRecord(
            document: TrainerDocument(
                id: TrainerDocumentID(now: call.now), trainerID: trainer.personID, kind: body.kind, title: body.title, issuer: body.issuer,
                number: body.number, issuedOn: body.issuedOn, expiresOn: body.expiresOn, file: nil, verification: Verification(.pending),
                createdAt: call.now, updatedAt: call.now, version: 1))
        try record.checkDays()
        try await trainerDocuments.insert(record.document, trainer.organizationID, in: tx)
        return record.document
    }

    @Sendable private func listDocuments(_ call: Call<ListTrainerDocuments>, _ tx: Transaction) async throws -> TrainerDocuments {
        let (organization, id) = (try call.caller.organizationID, call.input.trainerID)
        try await see(id, call, in: tx)
        return TrainerDocuments(data: try await trainerDocuments.list(organization, of: id, in: tx))
    }

    @Sendable private func updateDocument(_ call: Call<UpdateTrainerDocument>, _ tx: Transaction) async throws -> TrainerDocument {
        var record = try await hold(call.input.documentID, of: call.input.trainerID, call, in: tx)
        let before = record.document
        record.change(call.body)
        try record.checkDays()
        guard record.document != before else { return before }
        return try await trainerDocuments.save(record, call.caller.organizationID, now: call.now, in: tx)
    }

    /// Checks and stores the file. Whoever may not send it is told before anything is stored.
    @Sendable private func storeUpload(_ call: Call<UploadTrainerDocument>) async throws -> StoredUpload {
        let (caller, trainer) = (try call.caller, call.input.trainerID)
        let file = try FileCheck.cleaned(call.body)
        let begun = try await database.transaction(as: caller.tenant()) { tx in
            _ = try await hold(call.input.documentID, of: trainer, call, in: tx)
            return try await files.begin(caller.organizationID, trainer, now: call.now, in: tx)
        }
        try await files.write(file, to: begun)
        return StoredUpload(file: file, begun: begun)
    }

    @Sendable private func uploadDocument(
        _ call: Call<UploadTrainerDocument>, _ upload: StoredUpload, _ tx: Transaction
    ) async throws -> TrainerDocument {
        let organization = try call.caller.organizationID
        var record = try await hold(call.input.documentID, of: call.input.trainerID, call, in: tx)
        let before = record.fileID
        try await files.keep(upload.begun, upload.file, now: call.now, in: tx)
        record.replace(
            file: DocumentFile(type: upload.file.type, size: upload.file.bytes.count, uploadedAt: call.now), upload.begun.id)
        let saved = try await trainerDocuments.save(record, organization, now: call.now, in: tx)
        if let before { try await files.delete(organization, before, in: tx) }
        return saved
    }

    @Sendable private func findDocumentFile(_ call: Call<DownloadTrainerDocument>, _ tx: Transaction) async throws -> FoundFile {
        let (organization, input) = (try call.caller.organizationID, call.input)
        try await see(input.trainerID, call, in: tx)
        guard let record = try await trainerDocuments.find(organization, input.documentID, of: input.trainerID, in: tx),
            let id = record.fileID, let file = try await files.find(organization, id, in: tx)
        else { throw Problem.notFound }
        return FoundFile(file, shown: record.document.shown)
    }

    @Sendable private func verifyDocument(_ call: Call<VerifyTrainerDocument>, _ tx: Transaction) async throws -> TrainerDocument {
        let caller = try call.caller
        var record = try await hold(call.input.documentID, of: call.input.trainerID, call, in: tx)
        guard call.input.trainerID != caller.personID else { throw Problem(.forbidden, detail: "Nobody verifies their own documents") }
        try record.settle(call.body, by: caller.personID, now: call.now)
        return try await trainerDocuments.save(record, caller.organizationID, now: call.now, in: tx)
    }

    @Sendable private func deleteDocument(_ call: Call<DeleteTrainerDocument>, _ tx: Transaction) async throws -> NoContent {
        let record = try await hold(call.input.documentID, of: call.input.trainerID, call, in: tx)
        try await trainerDocuments.delete(record, call.caller.organizationID, in: tx)
        return NoContent()
    }

    /// - Throws: ``Problem`` `.notFound` when there is no such trainer; `.forbidden` for other trainers.
    private func see<O>(_ trainer: PersonID, _ call: Call<O>, in tx: Transaction) async throws {
        let caller = try call.caller
        guard try await people.find(caller.organizationID, trainer, as: .trainer, in: tx) != nil else { throw Problem.notFound }
        guard caller.scope == .organization || trainer == caller.personID else { throw Problem(.forbidden) }
    }

    /// A document that nobody else changes until the transaction ends.
    private func hold<O>(
        _ id: TrainerDocumentID, of trainerID: PersonID, _ call: Call<O>, in tx: Transaction
    ) async throws -> TrainerDocumentRecord {
        let trainer = try await trainer(trainerID, call, in: tx)
        guard let record = try await trainerDocuments.find(trainer.organizationID, id, of: trainerID, locked: true, in: tx) else {
            throw Problem.notFound
        }
        try record.document.check(call.expectedVersion)
        return record
    }
}
