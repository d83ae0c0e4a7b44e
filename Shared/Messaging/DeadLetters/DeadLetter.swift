import AMQP
public import Foundation

/// An event that a service gave up, with its story.
public struct DeadLetter: Sendable, Hashable {
    /// 1 is the oldest in the queue.
    public var position: Int
    /// Nil when the message had none that can be read.
    public var eventID: UUID?
    public var type: String?
    /// The aggregate, such as `session:0192...`.
    public var subject: String?
    /// Nil when no reaction could be named: the bytes were no event.
    public var reaction: String?
    public var reason: String?
    public var attempts: Int?
    /// In whole seconds.
    public var firstFailedAt: Date?

    init(_ delivery: Delivery, position: Int) {
        func text(_ header: String) -> String? {
            if case .string(let text)? = delivery.headers[header] { text } else { nil }
        }
        self.position = position
        eventID = (delivery.messageID ?? text(StoryHeader.eventID)).flatMap { UUID(uuidString: $0) }
        type = delivery.type ?? text(StoryHeader.type)
        subject = text(StoryHeader.aggregate)
        reaction = text(StoryHeader.reaction)
        reason = text(StoryHeader.reason)
        if case .int(let count)? = delivery.headers[StoryHeader.attempts] { attempts = Int(count) }
        if case .timestamp(let date)? = delivery.headers[StoryHeader.firstFailedAt] { firstFailedAt = date }
    }
}
