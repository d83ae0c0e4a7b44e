import AuthContract
import ContractKit
import FileStore
import Foundation
import Postgres
import ServiceKit

extension Job {
    /// Puts archives together when everything has arrived, and removes them when their time is over.
    static func dueExports(_ exports: ExportStore, _ files: Files) -> Job {
        Job("due-exports", every: .seconds(2)) { run in
            while let due = try await run.transaction({ try await exports.takeDue(in: $0) }) {
                try await ExportBuilder(exports: exports, files: files, run: run, due: due).settle()
            }
        }
    }
}

/// Does what is due about one export. Nothing but the archive that is being put together is in memory, and no transaction waits for files.
private struct ExportBuilder: Sendable {
    let exports: ExportStore
    let files: Files
    let run: JobRun
    let due: DueExport

    private var organization: OrganizationID { due.organizationID }

    private func transaction<Result: Sendable>(_ body: @Sendable (Transaction) async throws -> Result) async throws -> Result {
        try await run.transaction(as: Tenant(organization), body)
    }

    func settle() async throws {
        let now = Date()
        let export = try await transaction { tx -> Export? in
            guard let export = try await exports.find(due.exportID, organization, now: now, locked: true, in: tx) else {
                try await exports.remove(due.exportID, organization, in: tx)
                return nil
            }
            guard export.finishedAt == nil, export.services.allSatisfy(\.isGathered) else {
                try await exports.postpone(export.id, organization, until: export.expiresAt, in: tx)
                return nil
            }
            return export
        }
        if let export { try await build(export, now: now) }
    }

    private func build(_ export: Export, now: Date) async throws {
        var (archive, kept): (ExportArchive, [(begun: BegunFile, size: Int)]) = (try ExportArchive(export, date: now), [])
        func keep(_ archives: [Data]) async throws {
            for bytes in archives {
                let begun = try await transaction { try await files.begin(organization, export.personID, now: Date(), in: $0) }
                try await files.write(FileContent(.zip, bytes), to: begun)
                kept.append((begun, bytes.count))
            }
        }
        let places = try await transaction { try await exports.parts(of: export.id, organization, in: $0) }
        for place in places {
            // Erased meanwhile: the export is gone, and what was written is loose.
            guard
                let content = try await transaction({
                    try await exports.content(of: place, export.id, of: export.personID, organization, in: $0)
                })
            else { return }
            try archive.add(content, of: place.service)
            try await keep(archive.takeFinished())
        }
        for id in try await transaction({ try await exports.filesToCarry(of: export.personID, organization, in: $0) }) {
            // Removed since: then it is not held any more.
            guard let stored = try await transaction({ try await files.find(organization, id, in: $0) }) else { continue }
            try archive.add(try await files.read(stored), named: "\(id)")
            try await keep(archive.takeFinished())
        }
        try await keep(try archive.finish())
        let archives = kept
        try await transaction { tx in
            let still = try await exports.find(export.id, organization, now: now, locked: true, in: tx)
            guard let still, still.finishedAt == nil else { return }
            try await exports.finish(still, archives, organization, now: now, in: tx)
        }
    }
}
