import CoreMetrics
import Metrics
import NIOCore

/// Requests by operation and class of status. Handles are made once per pair and loop: looking one up by label costs more than counting.
final class EdgeMetrics {
    /// By the operation's number, from 1, and the class, 0 to 9; requests for no operation come first.
    private var timers: [Timer?]

    init(operations: Int) { timers = Array(repeating: nil, count: (operations + 1) * 10) }

    func count(_ operation: RoutedOperation?, status: Int, time: TimeAmount) {
        let hundred = min(max(status / 100, 0), 9)
        let place = (operation.map { $0.number + 1 } ?? 0) * 10 + hundred
        let timer = timers[place] ?? make(operation?.name ?? "none", hundred)
        timers[place] = timer
        timer.recordNanoseconds(time.nanoseconds)
    }

    private func make(_ operation: String, _ hundred: Int) -> Timer {
        Timer(label: "edge_request_duration", dimensions: [("operation", operation), ("status", "\(hundred)xx")])
    }
}
