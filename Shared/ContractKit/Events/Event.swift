public import Foundation

/// Something that happened, told to other services. One type, one owner, past tense.
///
/// A change that would break readers is a new type with a new ``type`` beside the old one; a new optional member is not.
public protocol Event: Codable, Sendable {
    /// Chosen by hand, never derived: routing key, CloudEvents `type` and name of the golden file,
    /// `scheduling.session.completed.v1`.
    static var type: String { get }
    /// When it is said, in one sentence.
    static var summary: String { get }
    static var audience: Audience { get }

    var organizationID: OrganizationID { get }
    /// What it happened to. Order holds per aggregate.
    var aggregate: Aggregate { get }
}

extension Event {
    public static var audience: Audience { .services }
    /// The service that says it: the first part of ``type``.
    public static var owner: String { String(type.prefix { $0 != "." }) }
}

/// Who gets an event.
public enum Audience: Sendable {
    /// Each service that reacts to it, once per service.
    case services
    /// Every running process, on top of that: what all must know within a second and none may miss, such as an ended login session.
    case everyProcess
}

/// The thing an event is about, at the version it had afterwards.
public struct Aggregate: Sendable, Hashable {
    /// `session:0192f0c1-...`
    public let subject: String
    public let version: Int64

    public init<Tag>(_ kind: String, _ id: Identifier<Tag>, version: Int64) {
        subject = "\(kind):\(id)"
        self.version = version
    }

    /// Of a thing that has a name of its own instead of an id.
    public init(_ kind: String, named name: String, version: Int64) {
        subject = "\(kind):\(name)"
        self.version = version
    }
}

/// An event on its way: CloudEvents 1.0, structured mode, `application/cloudevents+json`.
public struct EventEnvelope<Payload: Codable & Sendable>: Codable, Sendable {
    public var specversion: String
    /// The event's id, a UUIDv7: what inboxes remember.
    public var id: UUID
    public var type: String
    public var source: String
    public var subject: String
    public var time: Date
    public var datacontenttype: String
    public var organizationid: OrganizationID
    public var aggregateversion: Int64
    /// W3C trace context of the request that caused it.
    public var traceparent: String?
    public var data: Payload

    public init(_ event: Payload, id: UUID, time: Date, traceparent: String?) where Payload: Event {
        specversion = "1.0"
        self.id = id
        type = Payload.type
        source = "/palestra/\(Payload.owner)"
        subject = event.aggregate.subject
        self.time = time
        datacontenttype = "application/json"
        organizationid = event.organizationID
        aggregateversion = event.aggregate.version
        self.traceparent = traceparent
        data = event
    }
}

/// The members of an envelope that can be read without knowing the event.
public struct EventHeader: Codable, Sendable {
    public var id: UUID
    public var type: String
    public var subject: String
    public var time: Date
    public var organizationid: OrganizationID
    public var aggregateversion: Int64
    public var traceparent: String?
}

extension EventEnvelope {
    /// What can be read without knowing the event.
    public var header: EventHeader {
        EventHeader(
            id: id, type: type, subject: subject, time: time, organizationid: organizationid, aggregateversion: aggregateversion,
            traceparent: traceparent)
    }
}

/// Text that travels encrypted: base64 of what a service's key ring sealed. Readable by services, not by the broker.
public struct SealedText: RuledValue {
    /// In characters: a part of an export, the longest there is, is 192 KiB of text.
    public static let limit = 1 << 19

    public let rawValue: String

    public init?(rawValue: String) {
        guard rawValue.utf8.count <= Self.limit, Data(base64Encoded: rawValue) != nil else { return nil }
        self.rawValue = rawValue
    }

    public init(_ sealed: Data) { rawValue = sealed.base64EncodedString() }
    public var data: Data { Data(base64Encoded: rawValue) ?? Data() }

    public static let rule = "must be base64"
    public static let schema: JSONValue = ["type": "string", "contentEncoding": "base64"]
    public static var example: Self { Self(Data([1, 2, 3])) }
}
