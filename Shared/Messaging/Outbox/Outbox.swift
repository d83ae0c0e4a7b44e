import ContractKit
import Foundation
import Postgres

/// The statements of the outbox table. A row is an event that was said; `published_at` is null until the broker confirmed it.
enum Outbox {
    /// What a transaction that emits tells the relay of this process.
    static let signal = "outbox"

    struct Row: Decodable, Sendable {
        var seq: Int64
        var eventID: UUID
        var organizationID: UUID
        var aggregate: String
        var type: String
        var envelope: Data
        var createdAt: Date
    }

    struct Backlog: Decodable, Sendable {
        /// Counted up to 100,001: beyond that it is an alarm anyway.
        var pending: Int
        var oldestSeconds: Double
    }

    static func insert<Payload>(_ envelope: EventEnvelope<Payload>, encoded: Data) -> SQL {
        """
        insert into outbox (event_id, organization_id, aggregate, aggregate_version, type, envelope)
        values (\(envelope.id), \(envelope.organizationid), \(envelope.subject), \(envelope.aggregateversion), \(envelope.type), \(encoded))
        """
    }

    /// By state, never by "greater than the last seen": numbers are handed out before COMMIT, so a slow transaction
    /// appears behind such a mark and would be skipped for ever.
    static func pending(limit: Int, heldBack: [String]) -> SQL {
        """
        select seq, event_id, organization_id, aggregate, type, envelope, created_at
          from outbox
         where published_at is null and type <> all (\(heldBack)::text[])
         order by seq
         limit \(limit)
        """
    }

    static func markPublished(_ rows: [Int64]) -> SQL {
        "update outbox set published_at = now() where seq = any (\(rows)::bigint[]) and published_at is null"
    }

    static let backlog: SQL = """
        select count(*) as pending, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest_seconds
          from (select created_at from outbox where published_at is null order by seq limit 100001) as waiting
        """

    /// Rows stay an hour after they were published: what a broker lost can be said again.
    static func deletePublished(olderThan seconds: Int, limit: Int) -> SQL {
        """
        delete from outbox
         where seq in (select seq from outbox
                        where published_at < now() - make_interval(secs => \(seconds))
                        order by seq
                        limit \(limit))
        """
    }

    /// The leader of the relays finds the rows by itself, in their order.
    static func sayAgain(from: Date, until: Date, limit: Int) -> SQL {
        """
        update outbox set published_at = null
         where seq in (select seq from outbox
                        where published_at >= \(from) and published_at < \(until)
                        order by seq
                        limit \(limit))
        """
    }
}
