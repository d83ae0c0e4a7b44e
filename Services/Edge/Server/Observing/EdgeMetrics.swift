import CoreMetrics
import Metrics
import NIOCore

/// Requests by operation and status. Handles are made once per pair and loop: looking one up by label costs more than counting.
final class EdgeMetrics {
    private struct Key: Hashable {
        var operation: String
        var status: Int
    }

    private var handles: [Key: (Counter, Timer)] = [:]

    func count(operation: String, status: Int, time: TimeAmount) {
        let key = Key(operation: operation, status: status)
        let (counter, timer) = handles[key] ?? make(key)
        counter.increment()
        timer.recordNanoseconds(time.nanoseconds)
    }

    private func make(_ key: Key) -> (Counter, Timer) {
        let made = (
            Counter(label: "edge_requests", dimensions: [("operation", key.operation), ("status", String(key.status))]),
            Timer(label: "edge_request_seconds", dimensions: [("operation", key.operation)])
        )
        handles[key] = made
        return made
    }
}
