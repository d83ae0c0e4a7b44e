import CLibPQ
import DequeModule
import Foundation
import Synchronization

/// The threads that wait for PostgreSQL, and that run the tasks which prefer them: one per core, shared by all databases of the process.
///
/// Whoever of them has nothing to run asks the kernel which connection has something to say, and goes on with the task that
/// waited for it: an answer costs no change of threads.
final class FlightThreads: TaskExecutor {
    static let shared = FlightThreads(count: max(1, ProcessInfo.processInfo.activeProcessorCount))

    private struct State {
        var jobs: Deque<UnownedJob> = []
        /// Threads that wait for sockets.
        var idle = 0
        /// One of them is being called, and has not come yet.
        var isCalling = false
        var flights = 0
        /// One of them waits for a second at most, because flights have a time limit.
        var isTimed = false
        /// No flight was seen for a second: nobody needs to look at the time.
        var isQuiet = true
        /// By numbers of our own: libpq closes the socket of a lost connection when it likes, and the next connection gets its number.
        var waits: [UInt64: SocketWait] = [:]
        var lastWait: UInt64 = 0

        mutating func calls() -> Bool {
            guard idle > 0, !isCalling else { return false }
            isCalling = true
            return true
        }
    }

    private enum Turn {
        case run(UnownedJob, others: Bool)
        /// Looks after the sockets between two jobs.
        case look
        case wait(isTimed: Bool)
    }

    private let state = Mutex(State())
    private let poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    /// Ends a thread's waiting for sockets when there is a job for it.
    private let bell = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    private let mark = ThreadMark()

    /// No socket's.
    private static let bellNumber: UInt64 = 0

    private init(count: Int) {
        precondition(poll >= 0 && bell >= 0, "the kernel gives no more files")
        watch(bell, as: Self.bellNumber)
        for _ in 0..<count {
            let thread = Thread { [self] in run() }
            thread.start()
            // Foundation passes the name on to the system only when there is a thread already.
            thread.name = "postgres"
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // One of ours comes back for a single job by itself, sooner than it would wake another.
        let isOurs = mark.isSet
        let calls = state.withLock { state in
            state.jobs.append(job)
            return (!isOurs || state.jobs.count > 1) && state.calls()
        }
        if calls { ring() }
    }

    /// Tells `wait` from now on whenever there is something new to read. - Returns: what `wait` is known by from now on.
    func add(_ socket: Int32, _ wait: SocketWait) -> UInt64 {
        let number = state.withLock { state in
            state.lastWait += 1
            state.waits[state.lastWait] = wait
            return state.lastWait
        }
        watch(socket, as: number)
        return number
    }

    /// The kernel forgets a socket when it is closed.
    func remove(_ number: UInt64) { state.withLock { _ = $0.waits.removeValue(forKey: number) } }

    /// Also tells it when the socket takes more.
    func awaitRoom(_ socket: Int32, as number: UInt64) {
        watch(socket, as: number, EPOLL_CTL_MOD, EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue)
    }

    private func watch(
        _ socket: Int32, as number: UInt64, _ operation: Int32 = EPOLL_CTL_ADD, _ events: UInt32 = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
    ) {
        // Edges: each arrival is told once, to one thread, and nothing has to be asked for again.
        var event = epoll_event(events: events | EPOLLET.rawValue, data: epoll_data_t(u64: number))
        epoll_ctl(poll, operation, socket, &event)
    }

    private func ring() {
        var one: UInt64 = 1
        write(bell, &one, 8)
    }

    /// A flight looks at its time limit when its wait is told something: once a second at least until it ends.
    func flightBegins() {
        let isOurs = mark.isSet
        let calls = state.withLock { state in
            state.flights += 1
            let wasQuiet = state.isQuiet
            state.isQuiet = false
            return wasQuiet && !state.isTimed && !isOurs && state.calls()
        }
        if calls { ring() }
    }

    func flightEnds() { state.withLock { $0.flights -= 1 } }

    private func run() {
        mark.set()
        var events = [epoll_event](repeating: epoll_event(), count: 32)
        var jobsInARow = 0
        while true {
            switch turn(after: jobsInARow) {
            case .run(let job, let others):
                jobsInARow += 1
                if others { ring() }
                job.runSynchronously(on: asUnownedTaskExecutor())
            case .look:
                jobsInARow = 0
                tell(events[..<Int(max(0, epoll_wait(poll, &events, Int32(events.count), 0)))])
            case .wait(let isTimed):
                jobsInARow = 0
                let count = epoll_wait(poll, &events, Int32(events.count), isTimed ? 1000 : -1)
                state.withLock { state in
                    state.idle -= 1
                    state.isCalling = false
                    if isTimed { state.isTimed = false }
                    if count == 0 { state.isQuiet = state.flights == 0 }
                }
                tell(events[..<Int(max(0, count))])
                if count == 0 { tellEveryone() }
            }
        }
    }

    private func turn(after jobsInARow: Int) -> Turn {
        state.withLock { state in
            if jobsInARow == 32 { return .look }
            if let job = state.jobs.popFirst() { return .run(job, others: !state.jobs.isEmpty && state.calls()) }
            state.idle += 1
            if state.isQuiet || state.isTimed { return .wait(isTimed: false) }
            state.isTimed = true
            return .wait(isTimed: true)
        }
    }

    private func tell(_ events: ArraySlice<epoll_event>) {
        if events.isEmpty { return }
        let waits = state.withLock { state in
            // Also when it was meant for another: who hears the bell has come, and it can be rung again.
            if events.contains(where: { $0.data.u64 == Self.bellNumber }) { state.isCalling = false }
            return events.compactMap { state.waits[$0.data.u64] }
        }
        for wait in waits { wait.tell() }
    }

    /// Flights have a time limit, and look at it when they are told something.
    private func tellEveryone() {
        for wait in state.withLock({ $0.waits.values.map(\.self) }) { wait.tell() }
    }
}

/// Tells our threads from others.
private struct ThreadMark: Sendable {
    private let key: pthread_key_t

    init() {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no more thread-specific keys")
        self.key = key
    }

    var isSet: Bool { pthread_getspecific(key) != nil }
    func set() { pthread_setspecific(key, UnsafeRawPointer(bitPattern: 1)) }
}
