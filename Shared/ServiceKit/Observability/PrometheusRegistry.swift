public import CoreMetrics
import Synchronization

/// Collects metrics and writes them as Prometheus text.
///
/// Our own, because it is 150 lines where the packaged exporter brings a dependency more; only what the services use:
/// counters, gauges, and timers and recorders as histograms. Labels are fixed sets, never ids.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    private struct Key: Hashable, Sendable {
        let name: String
        let labels: String
    }

    private let cells = Mutex<[Key: any Cell]>([:])

    public init() {}

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(label, suffix: "_total", dimensions) { CounterCell() }
    }
    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        cell(label, suffix: "_total", dimensions) { CounterCell() }
    }
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(label, suffix: "", dimensions) { GaugeCell() }
    }
    /// Recorders that do not aggregate are gauges, as swift-metrics has it.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { return cell(label, suffix: "", dimensions) { HistogramCell(bounds: HistogramCell.sizes) } }
        return cell(label, suffix: "", dimensions) { GaugeCell() }
    }
    /// In seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell(label, suffix: "_seconds", dimensions) { HistogramCell(bounds: HistogramCell.seconds) }
    }

    // A metric lives as long as the process: what was counted stays visible after the last handle is gone.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// Everything that was measured so far, in Prometheus' text format 0.0.4.
    public func render() -> String {
        let families = Dictionary(grouping: cells.withLock { $0.map { $0 } }, by: \.key.name)
        var lines: [String] = []
        for (name, members) in families.sorted(by: { $0.key < $1.key }) {
            guard let kind = members.first?.value.kind else { continue }
            lines.append("# TYPE \(name) \(kind)")
            for (key, cell) in members.sorted(by: { $0.key.labels < $1.key.labels }) { lines += cell.lines(name, key.labels) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A label that is taken by another kind of metric gets a cell of its own that is not shown, rather than a crash.
    private func cell<C: Cell>(_ label: String, suffix: String, _ dimensions: [(String, String)], _ make: () -> C) -> C {
        let plain = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        let labels = dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        let key = Key(name: plain.hasSuffix(suffix) ? plain : plain + suffix, labels: labels)
        return cells.withLock { cells in
            if let known = cells[key] { return known as? C ?? make() }
            let new = make()
            cells[key] = new
            return new
        }
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
