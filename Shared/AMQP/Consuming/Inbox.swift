import Synchronization

/// Deliveries on their way from the owner thread to the handler. The broker's prefetch bounds it.
final class Inbox: Sendable {
    private struct State {
        var deliveries: [Delivery] = []
        var waiting: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(_ deliveries: [Delivery]) {
        if deliveries.isEmpty { return }
        let waiting = state.withLock { state in
            state.deliveries += deliveries
            return state.waiting.take()
        }
        waiting?.resume()
    }

    /// The oldest deliveries, at least one and at most `limit`; nil after ``close()``. For one reader.
    func next(_ limit: Int) async -> [Delivery]? {
        while true {
            let (batch, isClosed) = state.withLock { state -> ([Delivery]?, Bool) in
                if state.isClosed { return (nil, true) }
                if state.deliveries.isEmpty { return (nil, false) }
                if state.deliveries.count <= limit {
                    defer { state.deliveries = [] }
                    return (state.deliveries, false)
                }
                let batch = Array(state.deliveries.prefix(max(1, limit)))
                state.deliveries.removeFirst(batch.count)
                return (batch, false)
            }
            if isClosed { return nil }
            if let batch { return batch }
            await withCheckedContinuation { continuation in
                let hasNews = state.withLock { state in
                    if state.isClosed || !state.deliveries.isEmpty { return true }
                    state.waiting = continuation
                    return false
                }
                if hasNews { continuation.resume() }
            }
        }
    }

    /// - Returns: what nobody has begun to handle.
    @discardableResult func removeAll() -> [Delivery] {
        state.withLock { state in
            defer { state.deliveries = [] }
            return state.deliveries
        }
    }

    /// Ends the reader. - Returns: what nobody has begun to handle.
    @discardableResult func close() -> [Delivery] {
        let (rest, waiting) = state.withLock { state in
            defer { state.deliveries = [] }
            state.isClosed = true
            return (state.deliveries, state.waiting.take())
        }
        waiting?.resume()
        return rest
    }
}
