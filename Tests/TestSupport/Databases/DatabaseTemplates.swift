import Foundation

/// Migrated databases to copy from: migrating takes about a second, copying a twentieth of that.
actor DatabaseTemplates {
    static let shared = DatabaseTemplates()

    private struct Key: Hashable {
        var server: DatabaseServer
        var services: [ServiceName]
    }
    private var made: [Key: Task<String, any Error>] = [:]

    /// The name of a database that has the schemas of these services and nothing in them; made when asked for the first time.
    func template(for services: [ServiceName], on server: DatabaseServer) async throws -> String {
        let key = Key(server: server, services: services)
        if let task = made[key] { return try await task.value }
        let task = Task { try await Self.make(services, on: server) }
        made[key] = task
        return try await task.value
    }

    private static func make(_ services: [ServiceName], on server: DatabaseServer) async throws -> String {
        let name = "test_template_\(services.map { $0.rawValue.prefix(3) }.joined(separator: "_"))_\(try fingerprint(services))"
        func exists() async throws -> Bool {
            try await server.sql("select count(*) from pg_database where datname = '\(name)'") == "1"
        }
        if try await exists() { return name }
        // Another test process may be making the same one: the first to have finished gives it the name.
        let draft = "test_draft_\(UUID().uuidString.lowercased().prefix(12))"
        do {
            try await server.makeDatabase(draft, for: services)
            try await server.sql(#"alter database "\#(draft)" rename to "\#(name)""#)
        } catch {
            try? await server.dropDatabase(draft)
            guard try await exists() else { throw error }
        }
        return name
    }

    /// Changes with every byte of what makes the schema, so that a template never is an old one. FNV-1a: nobody attacks this.
    static func fingerprint(_ services: [ServiceName]) throws -> String {
        let folders = ["deploy/postgres"] + services.map { "Services/\($0.rawValue.capitalized)/Migrations" }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        for folder in folders {
            let root = Repository.url(folder)
            for path in (FileManager.default.subpaths(atPath: root.path) ?? []).sorted() {
                mix(path.utf8)
                // Folders cannot be read as data, and need not be.
                if let data = try? Data(contentsOf: root.appendingPathComponent(path)) { mix(data) }
            }
        }
        mix(DatabaseServer.servicePassword.utf8)
        return String(hash, radix: 16)
    }
}
