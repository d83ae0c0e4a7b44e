import Dispatch
import Foundation
import Synchronization

/// Runs an action when a deadline has passed: on a thread of its own, because the thread it watches may hang in the library.
///
/// A librabbitmq 0.11 call can wait without limit on a frozen or blocked broker, heartbeats or not.
final class Deadlines: Sendable {
    static let shared = Deadlines()

    struct Ticket: Sendable, Hashable { fileprivate let number: UInt64 }

    private struct Entry {
        var deadline: ContinuousClock.Instant
        var action: @Sendable () -> Void
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var lastNumber: UInt64 = 0
        var hasThread = false
        /// When the thread looks again; nil means only when it is woken.
        var nextLook: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// Runs `action` at `deadline` unless the ticket is cancelled before. The action must be short and may not wait.
    func at(_ deadline: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) -> Ticket {
        let (ticket, startsThread, wakes) = state.withLock { state in
            state.lastNumber += 1
            state.entries[state.lastNumber] = Entry(deadline: deadline, action: action)
            let starts = !state.hasThread
            state.hasThread = true
            // Deadlines are mostly "now and ten seconds", so the thread seldom has to be woken for a new one.
            let wakes = state.nextLook.map { deadline < $0 } ?? true
            if wakes { state.nextLook = deadline }
            return (Ticket(number: state.lastNumber), starts, wakes)
        }
        if startsThread {
            startThread("deadlines") { [self] in watch() }
        } else if wakes {
            wake.signal()
        }
        return ticket
    }

    func cancel(_ ticket: Ticket) {
        state.withLock { _ = $0.entries.removeValue(forKey: ticket.number) }
    }

    private func watch() -> Never {
        while true {
            let now = ContinuousClock.now
            let (due, next) = state.withLock { state in
                let due = state.entries.filter { $0.value.deadline <= now }
                for number in due.keys { state.entries[number] = nil }
                state.nextLook = state.entries.values.map(\.deadline).min()
                return (due.values.map(\.action), state.nextLook)
            }
            for action in due { action() }
            if let next {
                let nanoseconds = max(0, (next - ContinuousClock.now) / .nanoseconds(1))
                _ = wake.wait(timeout: .now() + .nanoseconds(Int(nanoseconds) + 1_000_000))
            } else {
                wake.wait()
            }
        }
    }
}

/// Starts a thread for work that blocks.
func startThread(_ name: String, _ work: @escaping @Sendable () -> Void) {
    let thread = Thread(block: work)
    thread.name = name
    thread.start()
}
