import Dispatch
import Foundation
import Logging
import NIOConcurrencyHelpers
import ServiceKit

/// Writes the lines of all event loops on a queue of its own: whoever collects the log may be slow, and an event loop must not wait
/// for that. When too much waits, lines are dropped and counted rather than memory filled.
final class AccessLogWriter: Sendable {
    private static let mostWaiting = 8 << 20
    /// Whether anybody wants to read of requests.
    let isOn: Bool
    let label: String
    /// What all lines of this process say of it, between two of a line's members.
    let replica: String
    private let log: Logger
    private let output: @Sendable (Data) -> Void
    private let queue = DispatchQueue(label: "palestra.edge.access-log")
    private let state = NIOLockedValueBox<(waiting: Int, dropped: Int)>((0, 0))

    init(_ log: Logger, output: @escaping @Sendable (Data) -> Void = { JSONLogHandler.standardOutput($0) }) {
        self.log = log
        self.output = output
        isOn = log.logLevel <= .info
        label = log.label
        replica = log[metadataKey: "replica"].map { "\",\"replica\":\"\($0)" } ?? ""
    }

    func write(_ lines: [UInt8], _ count: Int) {
        let size = lines.count
        let hasRoom = state.withLockedValue { state in
            guard state.waiting < Self.mostWaiting else {
                state.dropped += count
                return false
            }
            state.waiting += size
            return true
        }
        guard hasRoom else { return }
        queue.async { [self] in
            output(Data(lines))
            let dropped = state.withLockedValue { state in
                state.waiting -= size
                defer { if state.waiting == 0 { state.dropped = 0 } }
                return state.waiting == 0 ? state.dropped : 0
            }
            if dropped > 0 { log.warning("request lines were dropped", metadata: ["dropped": "\(dropped)"]) }
        }
    }

    /// Returns when what was written so far is out, or does not get out in time.
    func drain(within time: DispatchTimeInterval = .seconds(1)) async {
        let (done, signal) = AsyncStream.makeStream(of: Void.self)
        queue.async { signal.finish() }
        DispatchQueue.global().asyncAfter(deadline: .now() + time) { signal.finish() }
        for await _ in done {}
    }
}
