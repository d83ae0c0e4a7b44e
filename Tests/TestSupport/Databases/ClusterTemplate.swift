import Foundation

/// A server's files with the schemas of all services, to copy from: to make them takes twenty seconds, to copy them less than one.
enum ClusterTemplate {
    private static let made = Task { try await make() }

    /// Makes `folder` one of a server that has it all.
    static func copy(to folder: URL) async throws {
        try await PrivatePostgres.control("copy", try await made.value.path, [folder.path])
    }

    private static func make() async throws -> URL {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent(
            "palestra-cluster-\(try DatabaseTemplates.fingerprint(ServiceName.allCases))")
        if FileManager.default.fileExists(atPath: place.path) { return place }
        let draft = try TemporaryDirectory()
        do {
            // If it is lost half made, so is the draft.
            let postgres = try await PrivatePostgres.start(in: draft.url, environment: ["POSTGRES_SETTINGS": "fsync = off"])
            try await postgres.server.makeDatabase(SystemServers.database, for: ServiceName.allCases)
            try await postgres.stop()
            // Another test process may be making the same: the first to have finished gives it the name.
            try FileManager.default.moveItem(at: draft.url, to: place)
        } catch {
            _ = try? await PrivatePostgres.control("kill", draft.url.path)
            draft.remove()
            guard FileManager.default.fileExists(atPath: place.path) else { throw error }
        }
        return place
    }
}
