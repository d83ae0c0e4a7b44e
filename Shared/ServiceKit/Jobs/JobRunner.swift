import Foundation
import Logging
import Metrics
import Postgres
import ServiceLifecycle

/// Does a service's jobs, one after the other, together with the runners of its other replicas.
struct JobRunner: Service {
    /// How long a job can be due before somebody looks.
    static let longestPause = Duration.seconds(60)

    let service: String
    let jobs: [Job]
    let database: Database
    let logger: Logger

    private var names: [String] { jobs.map(\.name) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let pause: Duration
                do {
                    pause = try await runWhatIsDue()
                } catch {
                    pause = .seconds(10)
                    if !Task.isCancelled { logger.warning("jobs wait", metadata: ["error": "\(error)"]) }
                }
                try? await Task.sleep(for: pause)
            }
        }
    }

    /// - Returns: How long nothing else will be due.
    func runWhatIsDue() async throws -> Duration {
        _ = try await database.transaction { tx in try await tx.execute(JobStore.declare(names)) }
        while !Task.isCancelled, let (job, lease) = try await claim() { await run(job, lease) }
        let next = try await database.transaction(readOnly: true) { tx in
            try await tx.first(JobStore.next(of: names), as: JobStore.Next.self)
        }
        return next?.seconds.map { min(.seconds(max($0, 1)), Self.longestPause) } ?? Self.longestPause
    }

    private func claim() async throws -> (Job, JobLease)? {
        let token = UUID()
        let claimed = try await database.transaction { tx in
            try await tx.first(JobStore.claim(names, token), as: JobStore.Claimed.self)
        }
        guard let claimed, let job = jobs.first(where: { $0.name == claimed.name }) else { return nil }
        return (job, JobLease(name: job.name, token: token))
    }

    private func run(_ job: Job, _ lease: JobLease) async {
        let begun = ContinuousClock.now
        let outcome: String
        do {
            try await job.body(JobRun(lease: lease, database: database))
            outcome = "done"
            await note(JobStore.finish(lease, next: job.interval.inSeconds))
        } catch is LostLease {
            // Whoever has it now will say what became of it.
            outcome = "lost"
            logger.warning("a job was taken over", metadata: ["job": "\(job.name)"])
        } catch {
            if Task.isCancelled {
                outcome = "interrupted"
                await note(JobStore.giveBack(lease))
            } else {
                outcome = "failed"
                logger.error("a job failed", metadata: ["job": "\(job.name)", "error": "\(error)"])
                await note(JobStore.fail(lease, error: Self.words(for: error), atMost: job.interval.inSeconds))
            }
        }
        let dimensions = [("service", service), ("job", job.name), ("outcome", outcome)]
        Timer(label: "palestra_job_seconds", dimensions: dimensions).record(duration: ContinuousClock.now - begun)
    }

    /// In a task that shutdown does not cancel. A row that could not be written is free again when its lease runs out.
    private func note(_ statement: SQL) async {
        do {
            try await Task { try await database.transaction { tx in _ = try await tx.execute(statement) } }.value
        } catch {
            logger.warning("what became of a job is not noted", metadata: ["error": "\(error)"])
        }
    }

    /// What operators read in the table: never what an error quotes.
    private static func words(for error: any Error) -> String {
        if let error = error as? DatabaseError { return "database: \(error.sqlState ?? "\(error.kind)")" }
        return "\(type(of: error))"
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
