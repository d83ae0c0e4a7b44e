import DequeModule
import Synchronization

/// Lets the tasks that share a transaction take turns, in the order in which they came.
final class Turns: Sendable {
    fileprivate struct State {
        var isTaken = false
        var waiting: Deque<CheckedContinuation<Void, Never>> = []
    }

    private let state = Mutex(State())

    func take() async {
        if state.withLock({ $0.takeIfFree() }) { return }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.takeIfFree() { return true }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Hands the turn to whoever waits longest.
    func pass() {
        let next = state.withLock { state in
            let next = state.waiting.popFirst()
            state.isTaken = next != nil
            return next
        }
        next?.resume()
    }
}

extension Turns.State {
    fileprivate mutating func takeIfFree() -> Bool {
        if isTaken { return false }
        isTaken = true
        return true
    }
}
