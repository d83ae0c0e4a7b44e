import NIOCore

/// What the edge is told at its start.
struct EdgeConfiguration: Sendable {
    var host = "127.0.0.1"
    /// 0 takes a free port.
    var port = 0
    /// Each service's replicas as `host:port`; a name stands for all its addresses.
    var upstreams: [String: [Endpoint]] = [:]
    var tls: TLSFiles?
    /// Web apps that may call from a browser, such as `https://app.example`. None by default.
    var corsOrigins: Set<String> = []
    /// Where `/metrics` is served, on loopback; nowhere by default.
    var adminPort: Int?
    /// Requests a minute of one signed-in person.
    var rateLimit = 1200
    /// Requests a minute of one address without a token.
    var anonymousRateLimit = 300
    var times = Times()
    /// Connections that one event loop serves at once; more are closed as they come.
    var connectionsPerLoop = 8192
    /// Connections from one event loop to one replica; beyond, requests are refused as unavailable.
    var connectionsPerReplica = 512

    struct TLSFiles: Sendable {
        var certificate: String
        var key: String
    }

    /// Where a replica, or several behind one name, listens.
    struct Endpoint: Sendable, Hashable, CustomStringConvertible {
        var host: String
        var port: Int

        /// Reads `host:port` or `[::1]:port`.
        init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port)
            else { return nil }
            host = text[..<colon].trimmingPrefix("[").description
            if host.hasSuffix("]") { host.removeLast() }
            guard !host.isEmpty else { return nil }
            self.port = port
        }

        var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// How long things may take.
    struct Times: Sendable {
        /// From a request's head to its answer's head.
        var request: TimeAmount = .seconds(30)
        /// The same where the request or the answer is a file: four times as long, for slow lines.
        var file: TimeAmount { request * 4 }
        /// From a head's first bytes to its end.
        var head: TimeAmount = .seconds(10)
        /// Between requests on a kept connection.
        var idle: TimeAmount = .seconds(30)
        /// Between two parts of a request's body.
        var bodyStall: TimeAmount = .seconds(10)
        /// Between two parts of an answer, on either side.
        var answerStall: TimeAmount = .seconds(30)
        var connect: TimeAmount = .seconds(1)
        /// How long an unused upstream connection is kept: less than services keep theirs (30 s), so that they rarely close first.
        var pooled: TimeAmount = .seconds(15)
        var probe: TimeAmount = .seconds(1)
        /// From being told to end until the door closes: for balancers to see that readiness says no, and for clients to take their next
        /// connection elsewhere.
        var leave: TimeAmount = .zero
        /// For requests under way at shutdown.
        var drain: TimeAmount = .seconds(10)
        /// For a refused client to take in the answer before its connection goes.
        var linger: TimeAmount = .seconds(1)
        /// A replica's first time out after a failure; it doubles up to `longestOut`.
        var firstOut: TimeAmount = .seconds(1)
        var longestOut: TimeAmount = .seconds(10)
        /// How often names among the upstreams are resolved again.
        var resolve: TimeAmount = .seconds(5)
    }
}
