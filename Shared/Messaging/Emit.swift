public import ContractKit
import Foundation
public import Postgres

extension Transaction {
    /// Says `event` when, and only when, this transaction commits: a row in the service's outbox.
    ///
    /// The row travels with the next statement or with COMMIT. Two transactions that say the same version of the same
    /// aggregate collide on a unique index: the later one's COMMIT, or next statement, throws.
    ///
    /// - Throws: `EncodingError`.
    public func emit<E: Event>(_ event: E) async throws {
        let now = Date()
        let envelope = EventEnvelope(event, id: UUID.v7(now: now), time: now, traceparent: TraceContext.traceparent)
        later(Outbox.insert(envelope, encoded: try JSON.encode(envelope)))
        signal(Outbox.signal)
    }
}

/// The W3C trace context of the request or event that is being worked on; whoever starts such work sets it.
public enum TraceContext {
    /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`
    @TaskLocal public static var traceparent: String?
}
