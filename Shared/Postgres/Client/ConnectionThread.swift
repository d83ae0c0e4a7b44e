import DequeModule
import Foundation

/// The thread that one connection lives on: libpq blocks, and the threads of the cooperative pool must not.
final class ConnectionThread: SerialExecutor {
    private let condition = NSCondition()
    // Both are touched under the condition's lock only.
    nonisolated(unsafe) private var jobs: Deque<UnownedJob> = []
    nonisolated(unsafe) private var isStopping = false

    init(name: String) {
        let thread = Thread { [self] in run() }
        thread.name = name
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    /// Ends the thread after the jobs that it has. The owner calls it when no more can come.
    func stop() {
        condition.withLock {
            isStopping = true
            condition.signal()
        }
    }

    private func run() {
        while let job = next() { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    private func next() -> UnownedJob? {
        condition.withLock {
            while jobs.isEmpty && !isStopping { condition.wait() }
            return jobs.popFirst()
        }
    }
}
