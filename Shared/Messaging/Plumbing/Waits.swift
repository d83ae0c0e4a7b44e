import Synchronization

/// Waits that end early when there is something to do or when the service has to stop.
final class Waits: Sendable {
    private struct State {
        var isStopping = false
        /// Something happened while no one was waiting.
        var isRung = false
        /// Waits that have not ended; the continuation is missing for the moment until the waiter is suspended.
        var open: [Int: CheckedContinuation<Void, Never>?] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    var isStopping: Bool { state.withLock(\.isStopping) }

    /// Ends every wait, now and from now on.
    func stop() {
        state.withLock { $0.isStopping = true }
        ring()
    }

    /// Ends the waits under way, or else the next one.
    func ring() {
        let waiters = state.withLock { state in
            state.isRung = state.open.isEmpty
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for waiter in waiters { waiter?.resume() }
    }

    /// Returns after `duration`, or earlier: see ``ring()``, ``stop()`` and the task's cancellation.
    func wait(atMost duration: Duration) async {
        guard let ticket = open() else { return }
        let timer = Task {
            try? await Task.sleep(for: duration)
            self.end(ticket)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.open[ticket] != nil else { return true }
                    state.open[ticket] = .some(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            timer.cancel()
        }
        timer.cancel()
    }

    private func open() -> Int? {
        state.withLock { state in
            if state.isStopping || state.isRung {
                state.isRung = false
                return nil
            }
            state.next += 1
            state.open[state.next] = .some(nil)
            return state.next
        }
    }

    private func end(_ ticket: Int) {
        let waiter = state.withLock { $0.open.removeValue(forKey: ticket) ?? nil }
        waiter?.resume()
    }
}

/// Growing waits between attempts, each shortened by up to half so that many processes do not come back at once.
struct Backoff: Sendable {
    let first: Duration
    let longest: Duration
    private var current: Duration

    init(from first: Duration, to longest: Duration) {
        self.first = first
        self.longest = longest
        current = first
    }

    mutating func next() -> Duration {
        defer { current = min(current * 2, longest) }
        return current * Double.random(in: 0.5...1)
    }

    mutating func reset() { current = first }
}
