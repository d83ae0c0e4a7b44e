import Foundation

/// Where a broker is and who we are to it. Its description never holds the password.
public struct BrokerAddress: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var host: String
    public var port: Int
    public var virtualHost: String
    public var user: String
    public var password: String
    public var isSecure: Bool
    /// The authorities that may have signed the broker's certificate, a PEM file. Needed by `amqps`: librabbitmq trusts no one by itself.
    public var caFile: String?
    /// Our own certificate and key, PEM files, for brokers that ask for one.
    public var clientCertificateFile: String?
    public var clientKeyFile: String?

    /// Reads `amqp://user:password@host:port/vhost` or `amqps://...`; what is left out is guest, guest, 5672 (or 5671) and `/`.
    ///
    /// - Throws: ``BrokerError`` of kind `.configuration`; its text does not repeat the URL.
    public init(
        _ url: String, caFile: String? = nil, clientCertificateFile: String? = nil, clientKeyFile: String? = nil
    ) throws(BrokerError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host, !host.isEmpty else {
            throw BrokerError(.configuration, "the broker's address is not a URL of the form amqp://user:password@host:port/vhost")
        }
        guard scheme == "amqp" || scheme == "amqps" else {
            throw BrokerError(.configuration, "the broker's address must begin with amqp:// or amqps://")
        }
        isSecure = scheme == "amqps"
        // URLComponents keeps the brackets of an IPv6 literal; sockets want it without.
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = parts.port ?? (isSecure ? 5671 : 5672)
        let path = String(parts.percentEncodedPath.dropFirst())
        virtualHost = path.isEmpty ? "/" : path.removingPercentEncoding ?? path
        user = parts.user ?? "guest"
        password = parts.password ?? "guest"
        self.caFile = caFile
        self.clientCertificateFile = clientCertificateFile
        self.clientKeyFile = clientKeyFile
        guard (1...65_535).contains(port) else {
            throw BrokerError(.configuration, "the broker's port must be between 1 and 65535")
        }
        guard !isSecure || caFile != nil else {
            throw BrokerError(.configuration, "an amqps:// address needs the file of the authorities to trust")
        }
        guard (clientCertificateFile == nil) == (clientKeyFile == nil) else {
            throw BrokerError(.configuration, "a client certificate needs its key, and a key its certificate")
        }
    }

    public var description: String { "\(isSecure ? "amqps" : "amqp")://\(user)@\(host):\(port)/\(virtualHost)" }
    public var debugDescription: String { description }
    /// A dump, or an error that interpolates us, must not show the password either.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

/// How to talk to a broker.
public struct BrokerConfiguration: Sendable, Hashable {
    public var address: BrokerAddress
    /// What the broker's tools show for the connection.
    public var connectionName: String
    /// Silence of twice this long ends a connection; at least one second, whole seconds. Never off: a dead peer would go unnoticed.
    public var heartbeat: Duration
    /// The longest that one call may take, whatever the broker does.
    public var callDeadline: Duration

    public init(
        _ address: BrokerAddress, connectionName: String, heartbeat: Duration = .seconds(10), callDeadline: Duration = .seconds(10)
    ) {
        self.address = address
        self.connectionName = connectionName
        self.heartbeat = heartbeat
        self.callDeadline = callDeadline
    }
}
