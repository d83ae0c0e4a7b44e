import CoreMetrics
import Metrics
import NIOCore

/// Requests by operation and class of status. Handles are made once per pair and loop: looking one up by label costs more than counting.
final class EdgeMetrics {
    private struct Key: Hashable {
        var operation: String
        var hundred: Int
    }

    private var timers: [Key: Timer] = [:]

    func count(operation: String, status: Int, time: TimeAmount) {
        let key = Key(operation: operation, hundred: status / 100)
        let timer =
            timers[key]
            ?? Timer(label: "edge_request_duration", dimensions: [("operation", operation), ("status", "\(key.hundred)xx")])
        timers[key] = timer
        timer.recordNanoseconds(time.nanoseconds)
    }
}
