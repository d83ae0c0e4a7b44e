import Foundation
import Logging
import Postgres

extension Job {
    /// This month's and the next month's rows have a partition of their own before the first of them comes.
    static let auditLogMonths = Job("audit-log-months", every: .seconds(6 * 3600)) { run in
        _ = try await run.transaction { tx in try await tx.query("select audit_log_months()", as: String.self) }
    }

    /// Puts what has come since the last time under a seal.
    ///
    /// The digest is also in the log of the service: whoever rewrites the whole chain in the database has not rewritten that.
    static func sealedAuditLog(_ logger: Logger) -> Job {
        Job("sealed-audit-log", every: .seconds(60)) { run in
            guard let last = try await AuditSealing.settledNumber(run) else { return }
            while let seal = try await run.transaction({ try await AuditSealing.seal(upTo: last, in: $0) }) {
                logger.info("audit log sealed", metadata: ["seal": "\(seal.number)", "digest": "\(seal.digest)"])
            }
        }
    }
}

/// The statements of sealing.
enum AuditSealing {
    static let portion = 2000
    /// How long it waits for transactions that are under way; the next run tries again.
    static let patience = Duration.seconds(10)
    static let pause = Duration.milliseconds(100)

    struct Seal: Decodable, Sendable {
        var number: Int64
        var digest: String
    }

    /// A number up to which nobody can add a row any more; nil when there is nothing new, or somebody still might.
    ///
    /// A row's number is taken after its transaction has one: whoever has taken a number up to the sequence's last one has a smaller
    /// transaction id than the one that is taken here afterwards, and commits or gives up before everything below that has ended.
    static func settledNumber(_ run: JobRun) async throws -> Int64? {
        let news: Int64? = try await run.transaction { tx in
            try await tx.first(
                """
                select last_value from audit_log_seq
                where is_called and last_value > coalesce((select up_to_seq from audit_seals order by number desc limit 1), 0)
                """)
        }
        guard let last = news else { return nil }
        let next: Int64 = try await run.transaction { tx in
            try await tx.one("select pg_current_xact_id()::text::bigint")
        }
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            let isSettled: Bool = try await run.transaction { tx in
                try await tx.one("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= \(next)")
            }
            if isSettled { return last }
            try await Task.sleep(for: pause)
        }
        return nil
    }

    /// Nil when nothing is left.
    static func seal(upTo last: Int64, in tx: Transaction) async throws -> Seal? {
        try await tx.first(
            """
            select number, encode(digest, 'hex') as digest from audit_seal(\(last), \(portion)) where number is not null
            """)
    }
}
