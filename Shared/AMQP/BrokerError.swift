/// What went wrong between us and the broker. Decide by ``kind``; the words are for logs.
public struct BrokerError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// An address, certificate or argument that cannot work.
        case configuration
        /// No connection could be made: name, TCP, TLS or the AMQP handshake.
        case connectionFailed
        /// The broker does not know the user or the password.
        case authentication
        /// The broker closed the connection with this AMQP reply code, for example 320 or 530.
        case refused(code: Int)
        /// The connection broke, or was silent for too long.
        case connectionLost
        /// The broker closed the channel with this AMQP reply code: 404 no such queue, 403 no right, 406 other arguments.
        case channelClosed(code: Int)
        /// Not done by the deadline. Nothing is known to have happened.
        case timeout
        /// The broker takes no messages until its memory or disk alarm is over; nothing was sent.
        case blocked
        /// We were closed, or are closing.
        case closed
    }

    public var kind: Kind
    /// The broker's or the library's words, for logs only.
    public var message: String

    public init(_ kind: Kind, _ message: String) { (self.kind, self.message) = (kind, message) }

    /// Whether the same call may succeed later without anybody changing the configuration.
    public var isRetriable: Bool {
        switch kind {
        case .connectionFailed, .connectionLost, .timeout, .blocked: true
        case .configuration, .authentication, .closed: false
        // Access refused, precondition failed, syntax and protocol errors, not allowed (no such virtual host), not implemented.
        case .refused(let code), .channelClosed(let code): ![403, 406, 501, 502, 503, 504, 505, 530, 540].contains(code)
        }
    }

    public var description: String { "broker: \(kind): \(message)" }
}
