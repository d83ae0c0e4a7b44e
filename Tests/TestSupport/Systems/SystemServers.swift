import ContractKit
import Foundation

/// PostgreSQL and RabbitMQ of an installation of its own, prepared as an operator prepares them; both may be killed.
public struct SystemServers: Sendable {
    public let postgres: PrivatePostgres
    public let rabbit: PrivateRabbitMQ
    private let brokerPasswords: [String: String]

    static let database = "palestra"

    /// Starts both at once. Nobody ends them here: the ``SystemGuardian`` that knows their folders does.
    public static func start(in folders: SystemFolders) async throws -> SystemServers {
        async let starting = startPostgres(in: folders)
        async let node = startRabbitMQ(in: folders)
        let (postgres, rabbit) = (try await starting, try await node)
        let users = ServiceName.allCases.map(\.rawValue) + ["edge", "topology"]
        let passwords = Dictionary(uniqueKeysWithValues: users.map { ($0, UUID().uuidString.lowercased()) })
        try await rabbit.server.manage("POST", "definitions", String(decoding: JSON.encode(definitions(passwords)), as: UTF8.self))
        return SystemServers(postgres: postgres, rabbit: rabbit, brokerPasswords: passwords)
    }

    /// As the service connects.
    public func databaseURL(_ service: ServiceName) -> String { postgres.server.url(service, database: Self.database) }

    /// As a service, `edge` or `topology` connects.
    public func brokerURL(_ user: String) -> String {
        rabbit.server.url(user: user, password: brokerPasswords[user] ?? "", virtualHost: "palestra")
    }

    /// Runs statements as superuser, past row-level security. - Returns: rows, columns separated by `|`.
    @discardableResult public func sql(_ statements: String) async throws -> String {
        try await postgres.server.sql(statements, database: Self.database)
    }

    /// Everything in the database, as a backup has it.
    public func dump() async throws -> String {
        try await runProcess("pg_dump", [postgres.server.adminURL(database: Self.database)]).checked("pg_dump")
    }

    /// How many messages lie in each queue, as the node itself counts them.
    public func messages() async throws -> [String: Int] {
        let lines = try await rabbit.control(["list_queues", "-p", "palestra", "--no-table-headers", "name", "messages"])
        let pairs = lines.split(separator: "\n").compactMap { line -> (String, Int)? in
            let parts = line.split(separator: "\t")
            return parts.count == 2 ? Int(parts[1]).map { (String(parts[0]), $0) } : nil
        }
        return Dictionary(pairs) { $1 }
    }

    /// With the schemas of all services in its database.
    private static func startPostgres(in folders: SystemFolders) async throws -> PrivatePostgres {
        try await ClusterTemplate.copy(to: folders.postgres.url)
        return try await PrivatePostgres.start(in: folders.postgres.url, environment: folders.mark)
    }

    private static func startRabbitMQ(in folders: SystemFolders) async throws -> PrivateRabbitMQ {
        let lines = try await runProcess(
            Repository.url("deploy/servers/rabbitmq").path, ["start", folders.rabbit.url.path], environment: folders.mark
        ).checked("deploy/servers/rabbitmq start").split(separator: "\n")
        func value(_ name: String) -> String {
            lines.first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) } ?? ""
        }
        let server = try BrokerServer(amqp: value("amqp"), management: value("management"))
        return PrivateRabbitMQ(server: server, directory: folders.rabbit.url.path)
    }

    /// The same rights as in production: who publishes what, who reads what; nobody but `topology` configures.
    private static func definitions(_ passwords: [String: String]) -> JSONValue {
        var (users, rights, topics): ([JSONValue], [JSONValue], [JSONValue]) = ([], [], [])
        for (user, password) in passwords.sorted(by: { $0.key < $1.key }) {
            users.append(["name": .string(user), "password": .string(password), "tags": ""])
            let (configure, write, read) =
                switch user {
                case "topology": (".*", ".*", ".*")
                case "edge": ("^$", "^$", #"^palestra\.everyone$"#)
                default: ("^$", #"^(palestra\.events|amq\.default)$"#, "^(\(user)\\..*|palestra\\.everyone)$")
                }
            rights.append([
                "user": .string(user), "vhost": "palestra", "configure": .string(configure), "write": .string(write), "read": .string(read),
            ])
            guard ServiceName(rawValue: user) != nil else { continue }
            topics.append([
                "user": .string(user), "vhost": "palestra", "exchange": "palestra.events", "write": .string("^\(user)\\..*"), "read": ".*",
            ])
        }
        return ["users": .array(users), "permissions": .array(rights), "topic_permissions": .array(topics)]
    }
}
