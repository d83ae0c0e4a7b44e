import Foundation
import Postgres

/// The statements of the jobs table. The database's clock decides, because replicas have clocks of their own.
enum JobStore {
    struct Claimed: Decodable, Sendable {
        var name: String
    }

    /// New jobs are due at once; those that are known keep their time.
    static func declare(_ names: [String]) -> SQL {
        "insert into jobs (name) select unnest(\(names)::text[]) on conflict (name) do nothing"
    }

    /// Takes the job that has been due for longest and that nobody has.
    static func claim(_ names: [String], _ token: UUID) -> SQL {
        """
        update jobs set lease_token = \(token), lease_until = now() + make_interval(secs => \(JobLease.duration)), started_at = now()
         where name = (select name from jobs
                        where name = any (\(names)::text[]) and next_run_at <= now() and (lease_until is null or lease_until < now())
                        order by next_run_at, name
                        limit 1
                          for update skip locked)
        returning name
        """
    }

    /// `clock_timestamp()`: a step may take as long as it likes before it renews.
    static func renew(_ lease: JobLease) -> SQL {
        """
        update jobs set lease_until = clock_timestamp() + make_interval(secs => \(JobLease.duration))
         where name = \(lease.name) and lease_token = \(lease.token)
        """
    }

    static func finish(_ lease: JobLease, next seconds: Double) -> SQL {
        """
        update jobs set lease_token = null, lease_until = null, finished_at = now(), failures = 0, last_error = null,
               next_run_at = now() + make_interval(secs => \(seconds))
         where name = \(lease.name) and lease_token = \(lease.token)
        """
    }

    /// After 10 s, 20, 40 ... up to an hour, and never later than if it had succeeded.
    static func fail(_ lease: JobLease, error: String, atMost seconds: Double) -> SQL {
        """
        update jobs set lease_token = null, lease_until = null, failures = failures + 1, last_error = \(error),
               next_run_at = now() + make_interval(secs => least(\(seconds)::float8, 3600, 10 * 2 ^ least(failures, 9)))
         where name = \(lease.name) and lease_token = \(lease.token)
        """
    }

    /// For a run that was interrupted by the end of its process: somebody else goes on at once.
    static func giveBack(_ lease: JobLease) -> SQL {
        "update jobs set lease_token = null, lease_until = null where name = \(lease.name) and lease_token = \(lease.token)"
    }

    struct Next: Decodable, Sendable {
        /// Until one of them can be taken; null when there is none.
        var seconds: Double?
    }

    static func next(of names: [String]) -> SQL {
        """
        select extract(epoch from min(greatest(next_run_at, coalesce(lease_until, next_run_at))) - now())::float8 as seconds
          from jobs where name = any (\(names)::text[])
        """
    }

    /// A job as operators see it.
    struct State: Decodable, Sendable {
        var name: String
        var isRunning: Bool
        var nextRunAt: Date
        var finishedAt: Date?
        var failures: Int
        var lastError: String?
    }

    static let states: SQL = """
        select name, coalesce(lease_until > now(), false) as is_running, next_run_at, finished_at, failures, last_error
          from jobs order by name
        """
}
