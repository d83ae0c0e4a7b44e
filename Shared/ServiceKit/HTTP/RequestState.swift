import ContractKit
import ServiceLifecycle
import Synchronization

/// What is known of a request while it runs: how long it may still take, and whose it is.
final class RequestState: Sendable {
    enum Phase: Sendable { case reading, working }

    private struct Values {
        var phase = Phase.working
        var readingUntil: ContinuousClock.Instant
        var workingUntil: ContinuousClock.Instant
        var hasExpired = false
        var cancel: (@Sendable () -> Void)?
        var organizationID: OrganizationID?
    }

    private let values: Mutex<Values>

    init(readingUntil: ContinuousClock.Instant, workingUntil: ContinuousClock.Instant) {
        values = Mutex(Values(readingUntil: min(readingUntil, workingUntil), workingUntil: workingUntil))
    }

    func enter(_ phase: Phase) { values.withLock { $0.phase = phase } }
    func note(_ caller: Caller) { values.withLock { $0.organizationID = caller.organizationID } }
    func whenExpired(_ cancel: @escaping @Sendable () -> Void) { values.withLock { $0.cancel = cancel } }

    var organizationID: OrganizationID? { values.withLock { $0.organizationID } }
    /// The phase in which the time ran out; nil while it has not.
    var expired: Phase? { values.withLock { $0.hasExpired ? $0.phase : nil } }

    /// - Returns: whether the time is up, now or before.
    func expire(at now: ContinuousClock.Instant) -> Bool {
        let cancel = values.withLock { values -> (@Sendable () -> Void)?? in
            guard !values.hasExpired, now >= (values.phase == .reading ? values.readingUntil : values.workingUntil) else { return .none }
            values.hasExpired = true
            return .some(values.cancel)
        }
        guard let cancel else { return false }
        cancel?()
        return true
    }
}

/// Ends requests that take too long. One look every fiftieth of a second over all of them costs less than a timer for each; while there
/// is none, nobody looks.
final class Deadlines: Service {
    private struct State {
        var running: [ObjectIdentifier: RequestState] = [:]
        /// Nobody looks until the next request comes.
        var isResting = false
    }

    private let state = Mutex(State())
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    var isResting: Bool { state.withLock(\.isResting) }

    func insert(_ request: RequestState) {
        let wasResting = state.withLock { state in
            state.running[ObjectIdentifier(request)] = request
            defer { state.isResting = false }
            return state.isResting
        }
        if wasResting { arrival.yield() }
    }

    func remove(_ request: RequestState) { state.withLock { _ = $0.running.removeValue(forKey: ObjectIdentifier(request)) } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var arrivals = self.arrivals.makeAsyncIterator()
            while !Task.isCancelled {
                if self.rests() { await arrivals.next() }
                try? await Task.sleep(for: .milliseconds(20))
                let now = ContinuousClock.now
                for request in self.state.withLock({ Array($0.running.values) }) { _ = request.expire(at: now) }
            }
        }
    }

    private func rests() -> Bool {
        state.withLock { state in
            state.isResting = state.running.isEmpty
            return state.isResting
        }
    }
}
