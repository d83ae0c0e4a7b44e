import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var exportEndpoints: [Endpoint] {
        [
            Endpoint.handle(ExportPerson.self, exportPerson),
            Endpoint.handle(ListExports.self, listExports),
            Endpoint.handle(GetExport.self, getExport),
            Endpoint.download(DownloadExport.self, from: files, finding: findArchive),
        ]
    }

    @Sendable private func exportPerson(_ call: Call<ExportPerson>, _ tx: Transaction) async throws -> Export {
        let (caller, id) = (try call.caller, call.input.personID)
        guard caller.scope == .organization || id == caller.personID else { throw Problem.notFound }
        try await check(id, for: caller, in: tx)
        return try await exports.open(id, caller.organizationID, by: caller.personID, now: call.now, in: tx)
    }

    @Sendable private func listExports(_ call: Call<ListExports>, _ tx: Transaction) async throws -> Page<Export> {
        let caller = try call.caller
        return try await exports.list(
            of: caller.scope == .organization ? nil : caller.personID, caller.organizationID, now: call.now, cursor: call.input.cursor,
            limit: call.input.limit ?? .standard, in: tx)
    }

    @Sendable private func getExport(_ call: Call<GetExport>, _ tx: Transaction) async throws -> Export {
        try await find(call.input.exportID, call, in: tx)
    }

    @Sendable private func findArchive(_ call: Call<DownloadExport>, _ tx: Transaction) async throws -> FoundFile {
        let caller = try call.caller
        let export = try await find(call.input.exportID, call, in: tx)
        guard !export.isOwn || export.personID == caller.personID else {
            throw Problem(.forbidden, detail: "What a person asked for themselves is for nobody else")
        }
        try await check(export.personID, for: caller, in: tx)
        guard export.finishedAt != nil else { throw Problem(.exportNotFinished) }
        let number = call.input.number?.rawValue ?? 1
        guard let file = try await exports.file(number, of: export, caller.organizationID, in: tx) else { throw Problem.notFound }
        return FoundFile(file, shown: [ShownMember(export.personID, id: export.id.rawValue)])
    }

    /// - Throws: ``Problem`` `.notFound` also when it is none of the caller's business.
    private func find<O>(_ id: ExportID, _ call: Call<O>, in tx: Transaction) async throws -> Export {
        let caller = try call.caller
        guard let export = try await exports.find(id, caller.organizationID, now: call.now, in: tx),
            caller.scope == .organization || export.personID == caller.personID
        else { throw Problem.notFound }
        return export
    }

    /// - Throws: ``Problem`` `.notFound` when there is no such person, or they are being erased; `.forbidden` for an admin who asks for what
    ///   is held of another one, or of the owner.
    private func check(_ id: PersonID, for caller: Caller, in tx: Transaction) async throws {
        let organization = caller.organizationID
        guard try await erasureRequests.find(of: id, organization, in: tx) == nil else { throw Problem.notFound }
        // What is held of somebody who was removed is still held.
        var person = try await people.find(organization, id, in: tx)
        if person == nil { person = try await people.findRemoved(organization, id, in: tx) }
        guard let person else { throw Problem.notFound }
        let runsThePlace = person.roles.contains(.owner) || person.roles.contains(.admin)
        guard !runsThePlace || caller.roles.contains(.owner) || id == caller.personID else { throw Problem(.forbidden) }
    }
}
