import Foundation
import Postgres

/// The statements of the inbox table: which reaction did what with which event.
enum Inbox {
    enum State: String, Decodable, Sendable {
        case done, failing, dead
    }

    struct Key: Decodable, Sendable, Hashable {
        var reaction: String
        var event: UUID
    }

    struct Record: Decodable, Sendable {
        var state: State
        var attempts: Int
        var lastError: String?
        var firstSeen: Date
    }

    /// First statement of a reaction's transaction. No row comes back when the event is done or given up. A second replica
    /// with the same event waits here for the first one's COMMIT.
    static func begin(_ reaction: String, _ event: UUID) -> SQL {
        """
        insert into inbox as known (reaction, event_id, state, done_at)
        values (\(reaction), \(event), 'done', now())
        on conflict (reaction, event_id) do update set state = 'done', done_at = now(), last_error = null
         where known.state = 'failing'
        returning 1
        """
    }

    /// The same for many at once, of which only those come back that nothing was known of: the others want a closer look.
    static func begin(_ keys: [Key]) -> SQL {
        """
        insert into inbox (reaction, event_id, state, done_at)
        select reaction, event_id, 'done', now()
          from unnest(\(keys.map(\.reaction))::text[], \(keys.map(\.event))::uuid[]) as heard (reaction, event_id)
         -- Always in the same order, so that two replicas with the same events cannot wait for each other in a circle.
         order by event_id, reaction
            on conflict (reaction, event_id) do nothing
        returning reaction, event_id as event
        """
    }

    /// Takes back what this transaction has begun and will not do.
    static func withdraw(_ keys: [Key]) -> SQL {
        """
        delete from inbox
         where (reaction, event_id) in (select * from unnest(\(keys.map(\.reaction))::text[], \(keys.map(\.event))::uuid[]))
        """
    }

    static func find(_ reaction: String, _ event: UUID) -> SQL {
        "select state, attempts, last_error, first_seen from inbox where reaction = \(reaction) and event_id = \(event)"
    }

    /// Remembers a failure; no row comes back when another replica has succeeded or given up meanwhile.
    ///
    /// `patience`, in seconds: a failure counts only when the event was first seen longer ago than that; nil counts always.
    static func fail(_ reaction: String, _ event: UUID, error: String, counts: Int, patience: Double?, limit: Int) -> SQL {
        """
        insert into inbox as known (reaction, event_id, state, attempts, last_error)
        values (\(reaction), \(event), 'failing', \(patience == nil ? counts : 0), \(error))
        on conflict (reaction, event_id) do update
           set (attempts, state, last_error) = (
                 select n, case when n >= \(limit) then 'dead' else 'failing' end, excluded.last_error
                   from (select known.attempts + case when known.first_seen <= now() - make_interval(secs => \(patience ?? 0)::float8)
                                                      then \(counts)::int else 0 end as n) as counted)
         where known.state = 'failing'
        returning state, attempts, last_error, first_seen
        """
    }

    static func giveUp(_ reaction: String, _ event: UUID, error: String, counts: Int) -> SQL {
        """
        insert into inbox as known (reaction, event_id, state, attempts, last_error)
        values (\(reaction), \(event), 'dead', \(counts), \(error))
        on conflict (reaction, event_id) do update
           set attempts = known.attempts + \(counts)::int, state = 'dead', last_error = excluded.last_error
         where known.state <> 'done'
        returning state, attempts, last_error, first_seen
        """
    }

    /// Counts an attempt before it is made, for events whose handling may end the process: such a handler never comes to
    /// count its failure. `last_error` says how many attempts in a row began and did not come back.
    static func beginSuspected(_ reaction: String, _ event: UUID) -> SQL {
        """
        insert into inbox as known (reaction, event_id, state, attempts, last_error)
        values (\(reaction), \(event), 'failing', 1, 'unfinished 1')
        on conflict (reaction, event_id) do update
           set attempts = known.attempts + 1,
               last_error = 'unfinished ' || 1 + case when known.last_error like 'unfinished %'
                                                      then substr(known.last_error, 12)::int else 0 end
         where known.state = 'failing'
        returning state, attempts, last_error, first_seen
        """
    }

    /// Before a dead letter is delivered again.
    static func forgive(_ reaction: String, _ event: UUID) -> SQL {
        """
        update inbox set state = 'failing', attempts = 0, last_error = null
         where reaction = \(reaction) and event_id = \(event) and state = 'dead'
        """
    }

    /// `before`: ids of version 7 sort by time, so the primary key serves. Other replicas clean up as well.
    static func forget(_ reaction: String, before: UUID, limit: Int) -> SQL {
        """
        delete from inbox
         where (reaction, event_id) in (select reaction, event_id from inbox
                                         where reaction = \(reaction) and event_id < \(before)
                                         order by event_id
                                         limit \(limit)
                                           for update skip locked)
        """
    }
}

extension Inbox.Record {
    /// How often in a row handling began and never came back.
    var unfinished: Int {
        guard let lastError, lastError.hasPrefix("unfinished ") else { return 0 }
        return Int(lastError.dropFirst("unfinished ".count)) ?? 0
    }
}
