import CRabbitMQ
import Foundation

/// An AMQP connection with its one channel. It belongs to the thread that opened it and is used there only.
///
/// One channel, because the library throws away frames of others while it waits for one. Any error breaks it for good: after a
/// partial send or a closed channel there is nothing to save, and making a new one takes milliseconds.
final class Connection {
    /// Which connection of its owner this is; part of every delivery tag.
    let generation: UInt64
    let configuration: BrokerConfiguration
    let socket: Int32
    /// True after any error; only ``abandon()`` makes sense then.
    private(set) var isBroken = false

    private let state: amqp_connection_state_t
    private let watch: SocketWatch
    var content = ContentAssembly()
    let publishing = Arena()

    static let channel: amqp_channel_t = 1
    private static let rpcTimeout = Duration.seconds(5)
    private static let handshakeTimeout = Duration.seconds(5)
    static let connectTimeout = Duration.seconds(3)
    /// Nothing in an idle loop may take longer, or heartbeats, which are due every five seconds, are late.
    static let longestPause = Duration.seconds(2)

    /// A library that writes to a dead socket without MSG_NOSIGNAL must not end the process.
    private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// Connects, logs in and opens the channel.
    static func open(_ configuration: BrokerConfiguration, generation: UInt64) throws(BrokerError) -> Connection {
        ignoresBrokenPipes
        let state = try openSocket(configuration.address)
        let connection = Connection(state, configuration, generation)
        try connection.logIn()
        try connection.call("channel.open") { _ = amqp_channel_open($0, channel) }
        return connection
    }

    private init(_ state: amqp_connection_state_t, _ configuration: BrokerConfiguration, _ generation: UInt64) {
        self.state = state
        self.configuration = configuration
        self.generation = generation
        socket = amqp_get_sockfd(state)
        watch = SocketWatch(socket: socket)
    }

    deinit {
        // Shut down first: with a peer that is gone the library's TLS goodbye would wait.
        watch.release()
        amqp_destroy_connection(state)
    }

    private func logIn() throws(BrokerError) {
        let arena = Arena()
        let capabilities = arena.table(
            // Without these a deleted queue leaves a silent consumer, and a blocked connection looks like a slow one.
            ["consumer_cancel_notify", "connection.blocked", "publisher_confirms", "basic.nack", "per_consumer_qos"].map {
                ($0, arena.field(.bool(true)))
            })
        var properties = arena.table([
            ("capabilities", arena.field(capabilities)), ("connection_name", arena.field(.string(configuration.connectionName))),
            ("product", arena.field(.string("Palestra"))),
        ])
        var timeout = timeval(Self.handshakeTimeout)
        amqp_set_handshake_timeout(state, &timeout)
        timeout = timeval(Self.rpcTimeout)
        amqp_set_rpc_timeout(state, &timeout)
        let address = configuration.address
        let heartbeat = Int32(clamping: max(1, configuration.heartbeat.components.seconds))
        let reply = watch.during(until: .now + Self.handshakeTimeout) {
            palestra_amqp_login_plain(state, address.virtualHost, 1, 131_072, heartbeat, &properties, address.user, address.password)
        }
        withExtendedLifetime(arena) {}
        do {
            try check("login", reply)
        } catch {
            switch error.kind {
            case .refused(code: 403): throw BrokerError(.authentication, error.message)
            case .refused, .channelClosed: throw error
            default: throw BrokerError(.connectionFailed, error.message)
            }
        }
    }

    // MARK: Calls

    /// Does a call that the broker answers.
    func call(_ name: String, _ body: (amqp_connection_state_t) -> Void) throws(BrokerError) {
        let reply = watch.during(until: deadline) {
            body(state)
            return amqp_get_rpc_reply(state)
        }
        try check(name, reply)
    }

    /// Many sends or reads under one watch: to begin one costs as much as some frames do.
    func watched<Value>(by deadline: ContinuousClock.Instant? = nil, _ body: () throws(BrokerError) -> Value) throws(BrokerError) -> Value {
        let result = watch.during(until: deadline ?? self.deadline) { Result { () throws(BrokerError) in try body() } }
        return try result.get()
    }

    /// For use within ``watched(by:_:)``: not watched by itself.
    func sendWatched(_ name: String, _ body: (amqp_connection_state_t) -> Int32) throws(BrokerError) {
        try check(name, status: body(state))
    }

    /// Has the kernel put sends together until it is told otherwise: the library makes three of each message, and each message
    /// would wake the broker.
    func collectsSends(_ on: Bool) {
        #if os(Linux)
            var value: Int32 = on ? 1 : 0
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    var deadline: ContinuousClock.Instant { .now + configuration.callDeadline }

    /// The next frame that has arrived, or nil when there is none: it does not wait. Sends heartbeats when they are due.
    ///
    /// Gives `body` memory of the library, which is good until the next call. For use within ``watched(by:_:)``.
    func readFrame<Result>(_ body: (amqp_frame_t) throws(BrokerError) -> Result) throws(BrokerError) -> Result? {
        // Frees what earlier frames used; every pointer into it has been copied by now.
        amqp_maybe_release_buffers(state)
        var frame = amqp_frame_t()
        var immediately = timeval(tv_sec: 0, tv_usec: 0)
        let status = amqp_simple_wait_frame_noblock(state, &frame, &immediately)
        if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
        try check("read", status: status)
        return try body(frame)
    }

    // MARK: Ends

    /// Says goodbye and closes. Errors are of no interest any more.
    func close() {
        guard !isBroken else { return }
        isBroken = true
        var timeout = timeval(.seconds(1))
        amqp_set_rpc_timeout(state, &timeout)
        _ = watch.during(until: .now + .seconds(2)) { amqp_connection_close(state, AMQP_REPLY_SUCCESS) }
        watch.release()
    }

    /// Marks it broken, for reasons that its owner found.
    func abandon() {
        isBroken = true
        watch.release()
    }

    /// Answers the broker's close and reports it.
    func closed(by method: amqp_method_t) -> BrokerError {
        defer { isBroken = true }
        switch method.id {
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = method.decoded?.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            let error = BrokerError(.channelClosed(code: Int(close?.reply_code ?? 0)), close?.reply_text.text ?? "")
            var ok = amqp_channel_close_ok_t()
            _ = watch.during(until: .now + .seconds(2)) { amqp_send_method(state, Self.channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok) }
            // The connection itself is well, so the broker gets its goodbye.
            isBroken = false
            self.close()
            return error
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = method.decoded?.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            let error = BrokerError(.refused(code: Int(close?.reply_code ?? 0)), close?.reply_text.text ?? "")
            var ok = amqp_connection_close_ok_t()
            _ = watch.during(until: .now + .seconds(2)) { amqp_send_method(state, 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &ok) }
            return error
        default:
            return BrokerError(.connectionLost, "an unexpected method \(String(method.id, radix: 16))")
        }
    }

    // MARK: Errors

    private func check(_ name: String, _ reply: amqp_rpc_reply_t) throws(BrokerError) {
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL: return
        case AMQP_RESPONSE_SERVER_EXCEPTION: throw closed(by: reply.reply)
        case AMQP_RESPONSE_LIBRARY_EXCEPTION: try check(name, status: reply.library_error)
        default: break
        }
        isBroken = true
        throw BrokerError(.connectionLost, "\(name): the connection ended")
    }

    private func check(_ name: String, status: Int32) throws(BrokerError) {
        guard status < 0 else { return }
        isBroken = true
        if watch.hasFired { throw BrokerError(.timeout, "\(name): not done by its deadline") }
        let words = "\(name): \(String(cString: amqp_error_string2(status)))"
        throw BrokerError(status == AMQP_STATUS_TIMEOUT.rawValue ? .timeout : .connectionLost, words)
    }
}

extension timeval {
    init(_ duration: Duration) {
        self.init(
            tv_sec: Int(duration.components.seconds),
            tv_usec: .init(duration.components.attoseconds / 1_000_000_000_000))
    }
}
