import AMQP
import Foundation
import FoundationNetworking
import Logging
import Synchronization
import Testing

/// A fresh virtual host on the test broker.
struct TestBroker: Sendable {
    let name: String

    var url: String { "\(Self.amqp)/\(name)" }

    func address() throws -> BrokerAddress { try BrokerAddress(url) }

    func configuration(
        _ connectionName: String = "test", heartbeat: Duration = .seconds(10), callDeadline: Duration = .seconds(10)
    ) throws -> BrokerConfiguration {
        BrokerConfiguration(try address(), connectionName: connectionName, heartbeat: heartbeat, callDeadline: callDeadline)
    }

    /// Closes all connections of this virtual host that are called `connectionName`. - Returns: how many.
    func closeConnections(_ connectionName: String) async throws -> Int {
        struct Listed: Decodable {
            struct Properties: Decodable { var connectionName: String? }
            var name: String
            var clientProperties: Properties?
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let list = try decoder.decode([Listed].self, from: try await Self.manage("GET", "vhosts/\(name)/connections"))
        let names = list.filter { $0.clientProperties?.connectionName == connectionName }.map(\.name)
        for name in names {
            let path = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
            _ = try await Self.manage("DELETE", "connections/\(path)")
        }
        return names.count
    }

    fileprivate static let user = URLComponents(string: amqp)?.user ?? "guest"
    /// Without the virtual host that may stand in it: each test has one of its own.
    fileprivate static let amqp = {
        let given = ProcessInfo.processInfo.environment["PALESTRA_TEST_AMQP"] ?? "amqp://guest:guest@127.0.0.1:5672"
        var parts = URLComponents(string: given)
        parts?.path = ""
        return parts?.string ?? given
    }()
    fileprivate static let management =
        ProcessInfo.processInfo.environment["PALESTRA_TEST_RABBITMQ_MANAGEMENT"] ?? "http://guest:guest@127.0.0.1:15672"

    @discardableResult
    static func manage(_ method: String, _ path: String, _ body: String? = nil) async throws -> Data {
        var parts = URLComponents(string: management)!
        let credentials = Data("\(parts.user ?? "guest"):\(parts.password ?? "guest")".utf8).base64EncodedString()
        (parts.user, parts.password) = (nil, nil)
        var request = URLRequest(url: URL(string: "\(parts.string!)/api/\(path)")!)
        request.httpMethod = method
        request.setValue("Basic \(credentials)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = body.map { Data($0.utf8) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) || (method == "DELETE" && status == 404) else {
            throw ManagementError(text: "\(method) \(path): \(status)")
        }
        return data
    }
}

struct ManagementError: Error { var text: String }

func withBroker(_ body: (TestBroker) async throws -> Void) async throws {
    let broker = TestBroker(name: "amqp-test-\(UUID().uuidString.lowercased())")
    try await TestBroker.manage("PUT", "vhosts/\(broker.name)")
    do {
        try await TestBroker.manage("PUT", "permissions/\(broker.name)/\(TestBroker.user)", #"{"configure":".*","write":".*","read":".*"}"#)
        try await body(broker)
    } catch {
        _ = try? await TestBroker.manage("DELETE", "vhosts/\(broker.name)")
        throw error
    }
    try await TestBroker.manage("DELETE", "vhosts/\(broker.name)")
}

let quiet: Logger = {
    var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    logger.logLevel = .critical
    return logger
}()

/// Asks `condition` again and again until it holds, for at most `limit`.
func eventually(
    within limit: Duration = .seconds(60), _ what: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what ?? "did not come true in time", sourceLocation: sourceLocation)
}

/// Runs a publisher around `body`.
func withPublisher(_ configuration: BrokerConfiguration, _ body: (Publisher) async throws -> Void) async throws {
    let publisher = Publisher(configuration, logger: quiet)
    let running = Task { try await publisher.run() }
    do {
        try await body(publisher)
    } catch {
        await publisher.close()
        throw error
    }
    await publisher.close()
    try await running.value
}

/// Runs a consumer around `body`.
func withConsumer(
    _ configuration: Consumer.Configuration, handle: @escaping @Sendable ([Delivery]) async -> [Settlement],
    _ body: (Consumer) async throws -> Void
) async throws {
    let consumer = Consumer(configuration, logger: quiet)
    let running = Task { try await consumer.run(handle) }
    do {
        try await body(consumer)
    } catch {
        consumer.stop()
        _ = try? await running.value
        throw error
    }
    consumer.stop()
    try await running.value
}

/// What a handler has seen.
final class Seen: Sendable {
    private let deliveries = Mutex<[Delivery]>([])

    func add(_ more: [Delivery]) { deliveries.withLock { $0 += more } }
    var all: [Delivery] { deliveries.withLock { $0 } }
    var texts: [String] { all.map(\.text) }
    var count: Int { deliveries.withLock { $0.count } }
}

extension Delivery {
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension Message {
    static func text(_ text: String, to queue: String) -> Message {
        Message(exchange: "", routingKey: queue, body: Data(text.utf8), messageID: UUID().uuidString)
    }
}

func numbers(_ range: Range<Int>, to queue: String) -> [Message] { range.map { .text("\($0)", to: queue) } }

/// Configurations whose connections go through a proxy.
struct BrokerConfigurationMaker: Sendable {
    let broker: TestBroker
    let port: Int

    func configuration(heartbeat: Duration = .seconds(10), callDeadline: Duration = .seconds(10)) throws -> BrokerConfiguration {
        var configuration = try broker.configuration(heartbeat: heartbeat, callDeadline: callDeadline)
        configuration.address.host = "127.0.0.1"
        configuration.address.port = port
        return configuration
    }
}

/// A value that handlers and tests share.
final class Box<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: Value) { content = Mutex(value) }

    var value: Value { content.withLock { $0 } }

    @discardableResult func change(_ body: @Sendable (inout sending Value) -> Void) -> Value {
        content.withLock { value in
            body(&value)
            return value
        }
    }
}
