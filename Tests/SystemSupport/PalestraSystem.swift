import ContractKit
import Foundation
import Synchronization
import TestSupport

/// All of Palestra on this machine: the six executables that were built beside the tests, over servers of their own.
final class PalestraSystem: Sendable {
    let servers: SystemServers
    let keys: TestKeys
    let mail: Maildir
    private let folders: SystemFolders
    private let guardian: SystemGuardian
    private let instances = Mutex<[String: Instance]>([:])
    let edgePort: Int

    static let services = ServiceName.allCases.map(\.rawValue)

    var url: URL { URL(string: "http://127.0.0.1:\(edgePort)")! }

    /// The one for tests that leave it whole. It is started when it is asked for, and ends with the test process.
    static func shared() async throws -> PalestraSystem { try await starting.value }
    private static let starting = Task { try await start() }

    /// Starts it; it answers when this returns.
    /// - Parameter replicas: how many processes of a service there are; one where nothing is said.
    static func start(replicas: [String: Int] = [:]) async throws -> PalestraSystem {
        let folders = try SystemFolders()
        let keys = try await TestKeys.make()
        let guardian = try SystemGuardian(of: folders, removing: [URL(fileURLWithPath: keys.publicKeys).deletingLastPathComponent()])
        do {
            let servers = try await SystemServers.start(in: folders)
            try await declareTopology(servers, folders)
            let system = try PalestraSystem(servers, keys, folders, guardian, replicas)
            for instance in system.all { try instance.start() }
            do { try await system.ready() } catch { throw TestSupportError("\(error)\n\(system.logs())") }
            return system
        } catch {
            await guardian.end()
            throw error
        }
    }

    /// Ends every process of it.
    func end() async { await guardian.end() }

    private init(
        _ servers: SystemServers, _ keys: TestKeys, _ folders: SystemFolders, _ guardian: SystemGuardian, _ replicas: [String: Int]
    ) throws {
        (self.servers, self.keys, self.folders, self.guardian) = (servers, keys, folders, guardian)
        edgePort = try freePort()
        mail = Maildir(folder: folders.files.url("mail"))
        let smtp = try freePort()
        add(
            Instance(
                "mail", URL(fileURLWithPath: "/usr/bin/python3"),
                ["-m", "aiosmtpd", "-n", "-l", "127.0.0.1:\(smtp)", "-c", "aiosmtpd.handlers.Mailbox", mail.folder.path], port: smtp,
                environment: folders.mark, log: folders.files.url("mail.log")))
        var edge = [
            "EDGE_PORT": "\(edgePort)", "TOKEN_KEYS_FILE": keys.publicKeys, "AMQP_URL": servers.brokerURL("edge"),
            // Tests are one caller from one address.
            "RATE_LIMIT": "1000000", "RATE_LIMIT_ANONYMOUS": "1000000",
        ]
        for service in ServiceName.allCases {
            let ports = try (0..<(replicas[service.rawValue] ?? 1)).map { _ in try freePort() }
            edge["\(service.rawValue.uppercased())_UPSTREAMS"] = ports.map { "127.0.0.1:\($0)" }.joined(separator: ",")
            for (index, port) in ports.enumerated() {
                let name = index == 0 ? service.rawValue : "\(service).\(index + 1)"
                var environment = keys.settings.merging(folders.mark) { $1 }
                environment["DATABASE_URL"] = servers.databaseURL(service)
                environment["DATABASE_POOL"] = "6"
                environment["AMQP_URL"] = servers.brokerURL(service.rawValue)
                environment["HTTP_PORT"] = "\(port)"
                environment["REPLICA"] = "\(index + 1)"
                environment["PUBLIC_URL"] = "http://127.0.0.1:\(edgePort)"
                environment["SMTP_URL"] = "smtp://127.0.0.1:\(smtp)"
                add(
                    Instance(
                        name, try Self.executable(service.rawValue), port: port, environment: environment,
                        log: folders.files.url("\(name).log")))
            }
        }
        add(
            Instance(
                "edge", try Self.executable("edge"), port: edgePort, environment: edge.merging(folders.mark) { $1 },
                log: folders.files.url("edge.log")))
    }

    private func add(_ instance: Instance) { instances.withLock { $0[instance.name] = instance } }
    private var all: [Instance] { instances.withLock { $0.values.sorted { $0.name < $1.name } } }

    /// A process by its name: `billing`, `scheduling.2`, `edge`, `mail`.
    func instance(_ name: String) throws -> Instance {
        guard let found = instances.withLock({ $0[name] }) else { throw TestSupportError("there is no \(name)") }
        return found
    }

    /// SIGKILL; returns when it is gone.
    func kill(_ name: String) async throws { try await instance(name).kill() }

    /// Starts it again, or for the first time; does not wait for it.
    func start(_ name: String) throws { try instance(name).start() }

    /// Waits until every process says that it is whole, broker and all.
    func ready(within limit: Duration = .seconds(120)) async throws {
        let caller = Caller(self)
        try await eventually("everything is ready", within: limit) {
            let reply = try await caller.get("/readyz")
            return reply.status == 200 && reply.json["status"] == "ready"
        }
        for name in Self.services {
            let service = Caller(port: try instance(name).port)
            try await eventually("\(name) is connected to the broker", within: limit) {
                try await service.get("/readyz").json["status"] == "ready"
            }
        }
    }

    /// The ends of all logs, for messages.
    func logs(lines: Int = 15) -> String { all.map { "== \($0.name)\n\($0.tail(lines))" }.joined(separator: "\n") }

    /// What a program does with these settings; for commands and starts that fail.
    static func run(_ name: String, _ arguments: [String] = [], environment: [String: String]) async throws -> ProcessOutput {
        try await runProcess(executable(name).path, arguments, environment: environment, timeout: .seconds(60))
    }

    private static func declareTopology(_ servers: SystemServers, _ folders: SystemFolders) async throws {
        let environment = folders.mark.merging(["AMQP_URL": servers.brokerURL("topology")]) { $1 }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for service in services {
                tasks.addTask { try await run(service, ["topology"], environment: environment).checked("\(service) topology") }
            }
            try await tasks.waitForAll()
        }
    }

    /// Programs lie beside the tests that were built with them.
    private static func executable(_ name: String) throws -> URL {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let places = [tests, Repository.url(".build/debug"), Repository.url(".build/release")]
        guard let folder = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.appendingPathComponent(name).path) })
        else { throw TestSupportError("\(name) is not built") }
        return folder.appendingPathComponent(name)
    }
}

/// Runs `body` over the shared system and says in the error what the processes logged.
func withSystem<Result: Sendable>(_ body: (PalestraSystem) async throws -> Result) async throws -> Result {
    try await explained(try await .shared(), body)
}

func explained<Result: Sendable>(_ system: PalestraSystem, _ body: (PalestraSystem) async throws -> Result) async throws -> Result {
    do { return try await body(system) } catch {
        print("---- the logs of the processes, after: \(error)\n\(system.logs())")
        throw error
    }
}
