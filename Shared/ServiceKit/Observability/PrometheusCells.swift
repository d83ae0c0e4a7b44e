import CoreMetrics
import Synchronization

/// One metric with one set of labels.
protocol Cell: AnyObject, Sendable {
    var kind: String { get }
    func lines(_ name: String, _ labels: String) -> [String]
}

final class CounterCell: Cell, CounterHandler, FloatingPointCounterHandler {
    private let value = Mutex(0.0)
    var kind: String { "counter" }
    func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func reset() { value.withLock { $0 = 0 } }
    func lines(_ name: String, _ labels: String) -> [String] { [sample(name, labels, value.withLock { $0 })] }
}

final class GaugeCell: Cell, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)
    var kind: String { "gauge" }
    func set(_ new: Int64) { value.withLock { $0 = Double(new) } }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ new: Int64) { set(new) }
    func record(_ new: Double) { set(new) }
    func lines(_ name: String, _ labels: String) -> [String] { [sample(name, labels, value.withLock { $0 })] }
}

final class HistogramCell: Cell, TimerHandler, RecorderHandler {
    /// From a millisecond, below which nothing here finishes, to the request deadline.
    static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    static let sizes = [1.0, 10, 100, 1000, 10_000, 100_000, 1_000_000]

    private struct Values {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let values: Mutex<Values>

    init(bounds: [Double]) {
        self.bounds = bounds
        values = Mutex(Values(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var kind: String { "histogram" }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        values.withLock {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    func lines(_ name: String, _ labels: String) -> [String] {
        let (counts, sum) = values.withLock { ($0.counts, $0.sum) }
        let prefix = labels.isEmpty ? "" : labels + ","
        var total: UInt64 = 0
        var lines: [String] = []
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            lines.append(sample("\(name)_bucket", "\(prefix)le=\"\(bound)\"", Double(total)))
        }
        return lines + [sample("\(name)_sum", labels, sum), sample("\(name)_count", labels, Double(total))]
    }
}

private func sample(_ name: String, _ labels: String, _ value: Double) -> String {
    let number = value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    return labels.isEmpty ? "\(name) \(number)" : "\(name){\(labels)} \(number)"
}

/// How long one route's requests take, by class of answer. A class appears once it was answered: most never are.
final class RouteMetrics: Sendable {
    private let classes = Mutex<[Int: HistogramCell]>([:])
    private let make: @Sendable (Int) -> HistogramCell?

    init(route: String, method: String, in registry: PrometheusRegistry) {
        make = { hundreds in
            registry.makeTimer(
                label: "http_server_request_duration",
                dimensions: [("method", method), ("route", route), ("status", "\(hundreds)xx")]) as? HistogramCell
        }
    }

    func record(status: Int, _ time: Duration) {
        let hundreds = status / 100
        let cell = classes.withLock { classes in
            if classes[hundreds] == nil { classes[hundreds] = make(hundreds) }
            return classes[hundreds]
        }
        cell?.record(Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18)
    }
}
