import Foundation
public import Postgres

/// Work that a service does by itself from time to time, on one replica at a time, whichever comes first.
///
/// A run is made of transactions (``JobRun/transaction(as:_:)``). A run that fails, or whose process dies, begins anew: each
/// transaction must leave the work further on than it found it.
public struct Job: Sendable {
    /// What its row, its log lines and its metrics are called: `expired-login-sessions`. Under another name it is another job.
    public let name: String
    /// From the end of one run to the beginning of the next.
    public let interval: Duration
    let body: @Sendable (JobRun) async throws -> Void

    public init(_ name: String, every interval: Duration, _ body: @escaping @Sendable (JobRun) async throws -> Void) {
        self.name = name
        self.interval = interval
        self.body = body
    }

    /// Deletes what has served its time, in portions that hold no lock for long.
    ///
    /// - Parameter statement: Deletes at most so many rows.
    public static func deleting(
        _ name: String, every interval: Duration, portion: Int = 1000, _ statement: @escaping @Sendable (_ limit: Int) -> SQL
    ) -> Job {
        Job(name, every: interval) { run in
            while try await run.transaction({ tx in try await tx.execute(statement(portion)) }) == portion {}
        }
    }
}

/// One run of a job.
public struct JobRun: Sendable {
    let lease: JobLease
    let database: Database

    /// A step of the run; it also renews the lease.
    ///
    /// - Throws: ``LostLease`` when the run was away for so long that another replica has begun one. The step is rolled back.
    public func transaction<Result: Sendable>(
        as tenant: Tenant? = nil, _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        try await database.transaction(as: tenant, from: Origin(by: "job:\(lease.name)")) { tx in
            let result = try await body(tx)
            // Last, so that other replicas see the row locked for a moment only.
            guard try await tx.execute(JobStore.renew(lease)) == 1 else { throw LostLease() }
            return result
        }
    }
}

/// The run was away for longer than its lease, and another replica does the job now.
public struct LostLease: Error {}

/// Which run of a job has it.
struct JobLease: Sendable {
    /// In seconds, from each step to when others may take over.
    static let duration = 60

    let name: String
    let token: UUID
}
