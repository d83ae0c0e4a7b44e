import ContractKit
import Dispatch
import Foundation
import Synchronization

/// Does what takes long one piece after the other on a thread of its own, in the order of a ``FairQueue``.
///
/// The thread gives way to all others of the process: what answers the timetable is never behind it.
final class HashingThread: Sendable {
    private let jobs: Jobs

    init(limit: Int, limitPerLine: Int) {
        let jobs = Jobs(FairQueue(limit: limit, limitPerLine: limitPerLine))
        self.jobs = jobs
        let thread = Thread {
            Self.giveWay()
            while let job = jobs.next() { job.work() }
        }
        thread.qualityOfService = .utility
        thread.start()
        // Foundation passes the name on to the system only when there is a thread already.
        thread.name = "hashing"
    }

    deinit { jobs.close() }

    /// How many wait; who has a turn waits no more.
    var waiting: Int { jobs.waiting }

    /// - Throws: what `work` throws; ``Problem`` `.rateLimited` when too many from this place wait, `.unavailable` when too many from
    ///   everywhere do, `CancellationError` when the task was cancelled before its turn.
    func run<Result: Sendable>(from place: NetworkPlace, _ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let id = UUID()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let job = HashingJob(
                    id: id, work: { continuation.resume(with: Swift.Result { try work() }) },
                    refuse: { continuation.resume(throwing: $0) })
                jobs.enter(job, from: place)
                // Cancelled before it stood in the queue, where `onCancel` did not find it.
                if Task.isCancelled { jobs.leave(id) }
            }
        } onCancel: {
            jobs.leave(id)
        }
    }

    private static func giveWay() {
        #if os(Linux)
            // There this is about the calling thread alone.
            _ = nice(5)
        #endif
    }
}

/// One of the two is called, once.
private struct HashingJob: Sendable {
    let id: UUID
    let work: @Sendable () -> Void
    let refuse: @Sendable (any Error) -> Void
}

private final class Jobs: Sendable {
    private struct State {
        var queue: FairQueue<HashingJob>
        var isClosed = false
    }

    private let state: Mutex<State>
    /// Rings for each that entered; who left again lets the thread look in vain.
    private let bell = DispatchSemaphore(value: 0)

    init(_ queue: FairQueue<HashingJob>) { state = Mutex(State(queue: queue)) }

    var waiting: Int { state.withLock { $0.queue.count } }

    func enter(_ job: HashingJob, from place: NetworkPlace) {
        switch state.withLock({ $0.queue.enter(job, from: place) }) {
        case .waits: bell.signal()
        case .waitsInsteadOf(let other):
            other.refuse(Problem.tooManySignIns)
            bell.signal()
        case .lineIsFull: job.refuse(Problem.tooManySignIns)
        case .isFull: job.refuse(Problem(.unavailable, detail: "Too many people are signing in at this moment.", retryAfter: 1))
        }
    }

    func leave(_ id: UUID) { state.withLock { $0.queue.leave { $0.id == id } }?.refuse(CancellationError()) }

    func close() {
        state.withLock { $0.isClosed = true }
        bell.signal()
    }

    /// Waits for the next; nil when there will be none.
    func next() -> HashingJob? {
        while true {
            bell.wait()
            let (job, isClosed) = state.withLock { ($0.queue.next(), $0.isClosed) }
            if job != nil || isClosed { return job }
        }
    }
}

extension Problem {
    /// Of one account, or from one network address, too many wait for their turn.
    static let tooManySignIns = Problem(.rateLimited, detail: "Too many sign-ins at once.", retryAfter: 1)
}
