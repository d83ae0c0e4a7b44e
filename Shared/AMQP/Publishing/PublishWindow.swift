import Synchronization

/// The messages of one ``Publisher/publish(_:)`` and what became of them.
///
/// The owner thread and the deadline both work on it; whoever completes it first resumes the caller.
final class PublishWindow: Sendable {
    let messages: [Message]
    let deadline: ContinuousClock.Instant
    private let promise: Promise<[PublishOutcome]>

    private struct State {
        var outcomes: [PublishOutcome?]
        var missing: Int
        var isSent = false
    }

    private let state: Mutex<State>

    init(_ messages: [Message], deadline: ContinuousClock.Instant, _ promise: Promise<[PublishOutcome]>) {
        self.messages = messages
        self.deadline = deadline
        self.promise = promise
        state = Mutex(State(outcomes: Array(repeating: nil, count: messages.count), missing: messages.count))
    }

    var isFinished: Bool { promise.isAnswered }

    /// From here on every message may have arrived. - Returns: false when the caller has been told that nothing was sent.
    func beginSending() -> Bool {
        state.withLock { state in
            guard !promise.isAnswered else { return false }
            state.isSent = true
            return true
        }
    }

    func settle(_ index: Int, _ outcome: PublishOutcome) {
        let outcomes = state.withLock { state -> [PublishOutcome]? in
            guard state.outcomes[index] == nil else { return nil }
            state.outcomes[index] = outcome
            state.missing -= 1
            return state.missing == 0 ? state.outcomes.compactMap(\.self) : nil
        }
        if let outcomes { promise.answer(.success(outcomes)) }
    }

    /// Ends it: with `error` when nothing was sent, else with `.unknown` for whatever was not settled.
    func breakOff(_ error: BrokerError) {
        // Under the lock, so that a send cannot begin after the caller was told that there was none.
        state.withLock { state in
            _ = promise.answer(state.isSent ? .success(state.outcomes.map { $0 ?? .unknown }) : .failure(error))
        }
    }
}
