public import ContractKit
public import Foundation
public import Postgres

/// What a service does when an event arrives. One file per reaction, named `On<Event>.swift`.
///
/// Runs in a transaction of the event's organization together with the inbox row that remembers it, so its writes happen
/// once however often the event is delivered. Returning acknowledges; throwing decides: see ``ReactionError``.
public protocol Reaction: Sendable {
    associatedtype Heard: Event
    /// Chosen by hand, unique in the service and never changed: the inbox knows the reaction by it.
    static var name: String { get }
    func react(to event: Heard, _ occasion: Occasion, in tx: Transaction) async throws
}

/// When and why a reaction runs.
public struct Occasion: Sendable {
    public var eventID: UUID
    /// When it happened, not when it arrived.
    public var time: Date
    public var aggregateVersion: Int64

    init(_ header: EventHeader) {
        eventID = header.id
        time = header.time
        aggregateVersion = header.aggregateversion
    }

    /// For tests that call a reaction without a broker.
    public init(eventID: UUID, time: Date, aggregateVersion: Int64) {
        self.eventID = eventID
        self.time = time
        self.aggregateVersion = aggregateVersion
    }
}

/// How a reaction refuses an event. Any other error is retried with growing delays and then kept as a dead letter.
public enum ReactionError: Error, Sendable {
    /// It can never be handled: a dead letter at once. The text is kept with it, so it names no person.
    case poison(String)
    /// What it builds on has not arrived yet: retried without counting towards poison for two minutes.
    case notYet(String)
}

/// What every process does when an event of audience ``Audience/everyProcess`` arrives; replayed for the last ten minutes at start.
public protocol Listener: Sendable {
    associatedtype Heard: Event
    func heard(_ event: Heard, _ occasion: Occasion) async
}
