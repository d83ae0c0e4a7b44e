import Synchronization

/// One answer for one waiting task, from whoever is first: the thread that did the work or the deadline.
final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case waiting(CheckedContinuation<Value, any Error>)
        case answered
    }

    private let state: Mutex<State>

    init(_ continuation: CheckedContinuation<Value, any Error>) { state = Mutex(.waiting(continuation)) }

    /// - Returns: false when there was an answer before.
    @discardableResult func answer(_ result: Result<Value, any Error>) -> Bool {
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard case .waiting(let continuation) = state else { return nil }
            state = .answered
            return continuation
        }
        continuation?.resume(with: result)
        return continuation != nil
    }

    var isAnswered: Bool {
        state.withLock { if case .answered = $0 { true } else { false } }
    }
}
