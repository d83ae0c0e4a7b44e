public import Foundation

/// A value of a message header or of a queue's argument.
public enum HeaderValue: Sendable, Hashable {
    case string(String)
    case int(Int64)
    case bool(Bool)
    /// Whole seconds on the wire.
    case timestamp(Date)
}

/// A message to publish. Always mandatory: one that no queue takes comes back as ``PublishOutcome/returned(code:)``.
public struct Message: Sendable, Hashable {
    /// Empty for the default exchange, whose routing key is a queue's name.
    public var exchange: String
    public var routingKey: String
    public var body: Data
    public var contentType: String?
    /// Unique per message; one without gets a random one, because returned messages are told apart by it.
    public var messageID: String?
    public var type: String?
    public var appID: String?
    /// Whole seconds on the wire.
    public var timestamp: Date?
    public var headers: [String: HeaderValue]
    /// Whether it survives a restart of the broker.
    public var isPersistent: Bool

    public init(
        exchange: String, routingKey: String, body: Data, contentType: String? = nil, messageID: String? = nil, type: String? = nil,
        appID: String? = nil, timestamp: Date? = nil, headers: [String: HeaderValue] = [:], isPersistent: Bool = true
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.contentType = contentType
        self.messageID = messageID
        self.type = type
        self.appID = appID
        self.timestamp = timestamp
        self.headers = headers
        self.isPersistent = isPersistent
    }
}

/// What became of a published message.
public enum PublishOutcome: Sendable, Hashable {
    /// Every queue it was routed to has it, on disk if persistent.
    case confirmed
    /// No queue took it (312), and it is gone.
    case returned(code: Int)
    /// A queue refused it, because it is full or failed.
    case refused
    /// The connection broke, or the deadline passed, before the broker said: it may have arrived.
    case unknown
}

/// A message that the broker gave us and that waits for its settlement.
public struct Delivery: Sendable, Hashable {
    public var exchange: String
    public var routingKey: String
    public var body: Data
    public var contentType: String?
    public var messageID: String?
    public var type: String?
    public var appID: String?
    public var timestamp: Date?
    /// Flat values only: arrays and tables, such as `x-death`, are left out.
    public var headers: [String: HeaderValue]
    /// A hint, not a fact: after a crash of the broker it is set on messages that were never delivered.
    public var isRedelivered: Bool
    public var tag: Tag

    /// How often a quorum queue had delivered it before; a killed consumer counts too.
    public var deliveryCount: Int {
        if case .int(let count) = headers["x-delivery-count"] { Int(count) } else { 0 }
    }

    /// Its place in a stream.
    public var streamOffset: Int64? {
        if case .int(let offset) = headers["x-stream-offset"] { offset } else { nil }
    }

    /// Names a delivery on one connection; after a reconnect the same number means another message, hence the generation.
    public struct Tag: Sendable, Hashable {
        public var generation: UInt64
        public var number: UInt64

        public init(generation: UInt64, number: UInt64) { (self.generation, self.number) = (generation, number) }
    }

    public init(
        exchange: String = "", routingKey: String, body: Data, contentType: String? = nil, messageID: String? = nil, type: String? = nil,
        appID: String? = nil, timestamp: Date? = nil, headers: [String: HeaderValue] = [:], isRedelivered: Bool = false,
        tag: Tag = Tag(generation: 0, number: 0)
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.contentType = contentType
        self.messageID = messageID
        self.type = type
        self.appID = appID
        self.timestamp = timestamp
        self.headers = headers
        self.isRedelivered = isRedelivered
        self.tag = tag
    }
}

/// What the broker shall do with a delivery.
public enum Settlement: Sendable, Hashable {
    /// It is done.
    case ack
    /// Deliver it again, to anyone.
    case requeue
    /// Dead-letter it, if the queue has somewhere to; otherwise it is gone.
    case drop
    /// Not yet: ``Consumer/settle(_:_:)`` will say. It counts against the prefetch until then.
    case later
}
