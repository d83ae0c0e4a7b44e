public import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A RabbitMQ node that tests may make and delete virtual hosts on.
public struct BrokerServer: Sendable, Hashable {
    let host: String
    let port: Int
    let user: String
    let password: String
    let management: URL

    /// - Parameters:
    ///   - amqp: An administrator's, `amqp://user:password@127.0.0.1:5672`; a virtual host in it is ignored.
    ///   - management: Of the same node: `http://user:password@127.0.0.1:15672`.
    /// - Throws: ``TestSupportError`` for any other host than this machine.
    public init(amqp: String, management: String) throws {
        guard let amqp = URLComponents(string: amqp), amqp.scheme == "amqp", let user = amqp.user, let password = amqp.password else {
            throw TestSupportError("this is not an AMQP URL with user and password: \(amqp)")
        }
        guard var address = URLComponents(string: management) else { throw TestSupportError("this is not a URL: \(management)") }
        (address.user, address.password, address.path) = (nil, nil, "")
        let loopback = ["127.0.0.1", "localhost"]
        guard let host = amqp.host, let url = address.url, loopback.contains(host), loopback.contains(address.host ?? "") else {
            throw TestSupportError("tests create and delete virtual hosts: they use a broker on the loopback interface only")
        }
        (self.host, self.user, self.password, self.management) = (host, user, password, url)
        port = amqp.port ?? 5672
    }

    /// The node that `deploy/local test` started for this run.
    public static func ofThisRun() throws -> BrokerServer {
        try BrokerServer(amqp: variable("PALESTRA_TEST_AMQP"), management: variable("PALESTRA_TEST_RABBITMQ_MANAGEMENT"))
    }

    func url(user: String, password: String, virtualHost: String) -> String { "amqp://\(user):\(password)@\(host):\(port)/\(virtualHost)" }

    /// Calls the management API: `("GET", "queues/<virtual host>/billing.main")`. Path parts must be percent-encoded.
    ///
    /// Its numbers of messages are some seconds old; count with a passive declare.
    /// - Throws: ``TestSupportError`` when the answer is no 2xx.
    @discardableResult public func manage(_ method: String, _ path: String, _ body: String? = nil) async throws -> Data {
        guard let url = URL(string: "\(management.absoluteString)/api/\(path)") else {
            throw TestSupportError("this is not a path: \(path)")
        }
        var request = URLRequest(url: url, timeoutInterval: 30)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("Basic \(Data("\(user):\(password)".utf8).base64EncodedString())", forHTTPHeaderField: "Authorization")
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let status = (response as? HTTPURLResponse)?.statusCode, (200..<300).contains(status) else {
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            throw TestSupportError("RabbitMQ answered \(method) \(path) with \(status): \(String(decoding: data, as: UTF8.self))")
        }
        return data
    }
}
