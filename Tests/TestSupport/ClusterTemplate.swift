import Foundation

/// A server's files with the schemas of all services, to copy from: to make them takes twenty seconds, to copy them less than one.
enum ClusterTemplate {
    private static let made = Task { try await make() }

    /// Makes `folder` one of a server that has it all.
    static func copy(to folder: URL) async throws { try await control("copy", try await made.value.path, folder.path) }

    private static func make() async throws -> URL {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent(
            "palestra-cluster-\(try DatabaseTemplates.fingerprint(ServiceName.allCases))")
        if FileManager.default.fileExists(atPath: place.path) { return place }
        let draft = try TemporaryDirectory()
        do {
            // If it is lost half made, so is the draft.
            let url = try await control("start", draft.url.path, environment: ["POSTGRES_SETTINGS": "fsync = off"])
            try await DatabaseServer(url: url).makeDatabase(SystemServers.database, for: ServiceName.allCases)
            try await control("stop", draft.url.path)
            // Another test process may be making the same: the first to have finished gives it the name.
            try FileManager.default.moveItem(at: draft.url, to: place)
        } catch {
            _ = try? await control("kill", draft.url.path)
            draft.remove()
            guard FileManager.default.fileExists(atPath: place.path) else { throw error }
        }
        return place
    }

    @discardableResult
    private static func control(_ arguments: String..., environment: [String: String] = [:]) async throws -> String {
        try await runProcess(Repository.url("deploy/servers/postgres").path, arguments, environment: environment)
            .checked("deploy/servers/postgres \(arguments[0])")
    }
}
