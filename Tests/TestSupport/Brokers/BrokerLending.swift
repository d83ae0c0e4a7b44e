import Foundation
import Synchronization

/// A virtual host that belongs to one test.
public final class TestBroker: Sendable {
    public let server: BrokerServer
    public let virtualHost: String
    private let users = Mutex<[String: String]>([:])

    init(server: BrokerServer, virtualHost: String) {
        (self.server, self.virtualHost) = (server, virtualHost)
    }

    /// As administrator: may do everything in the virtual host.
    public var url: String { server.url(user: server.user, password: server.password, virtualHost: virtualHost) }

    /// As a service of this name connects in production: publishes its own events, reads its own queues, configures nothing.
    public func url(user name: String) async throws -> String {
        try await url(
            user: name, configure: "^$", write: #"^(palestra\.events|amq\.default)$"#, read: "^(\(name)\\..*|palestra\\.everyone)$",
            topics: "^\(name)\\..*")
    }

    /// As a user with exactly these rights; each is a regular expression over names of queues and exchanges.
    /// `topics`, if given, restricts the routing keys it may publish to `palestra.events`.
    public func url(user name: String, configure: String, write: String, read: String, topics: String? = nil) async throws -> String {
        // Users belong to the node, and tests run in parallel.
        let user = "\(name)-\(virtualHost)"
        let password = UUID().uuidString.lowercased()
        try await server.manage("PUT", "users/\(user)", json(["password": password, "tags": ""]))
        users.withLock { $0[user] = password }
        try await server.manage(
            "PUT", "permissions/\(virtualHost)/\(user)", json(["configure": configure, "write": write, "read": read]))
        if let topics {
            try await server.manage(
                "PUT", "topic-permissions/\(virtualHost)/\(user)", json(["exchange": "palestra.events", "write": topics, "read": ".*"]))
        }
        return server.url(user: user, password: password, virtualHost: virtualHost)
    }

    private struct Connection: Decodable { var name: String }

    /// Cuts the connections to this virtual host, as an operator would; those that were just made may not be known yet.
    /// - Returns: how many it cut.
    @discardableResult public func closeConnections() async throws -> Int {
        let data = try await server.manage("GET", "vhosts/\(virtualHost)/connections")
        let connections = try JSONDecoder().decode([Connection].self, from: data)
        for connection in connections {
            let name = connection.name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? connection.name
            // It may have gone by itself meanwhile.
            _ = try? await server.manage("DELETE", "connections/\(name)")
        }
        return connections.count
    }

    func delete() async throws {
        try await server.manage("DELETE", "vhosts/\(virtualHost)")
        for user in users.withLock({ $0.keys.sorted() }) { try await server.manage("DELETE", "users/\(user)") }
    }

    private func json(_ members: [String: String]) throws -> String {
        String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
    }
}

/// Lends a fresh virtual host and deletes it, with its users and connections, afterwards.
public func withBroker<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestBroker) async throws -> Result
) async throws -> Result {
    try await withBroker(on: .ofThisRun(), isolation: isolation, body)
}

/// The same on a node of your choice, such as one that the test is going to kill.
public func withBroker<Result>(
    on server: BrokerServer, isolation: isolated (any Actor)? = #isolation, _ body: (TestBroker) async throws -> Result
) async throws -> Result {
    try await Turns.brokers.take(isolation: isolation) {
        let broker = TestBroker(server: server, virtualHost: "test-\(UUID().uuidString.lowercased().prefix(13))")
        try await server.manage("PUT", "vhosts/\(broker.virtualHost)", "{}")
        do {
            try await server.manage(
                "PUT", "permissions/\(broker.virtualHost)/\(server.user)", #"{"configure":".*","write":".*","read":".*"}"#)
            let result = try await body(broker)
            try await broker.delete()
            return result
        } catch {
            // What made the test fail matters, not what its clean-up says (the node may be dead on purpose).
            try? await broker.delete()
            throw error
        }
    }
}
