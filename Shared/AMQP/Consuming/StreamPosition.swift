import Synchronization

/// How far a stream has been read, so that a reconnect goes on from there.
final class StreamPosition: Sendable {
    private let start: Consumer.StreamOffset?
    private let handled = Mutex<Int64?>(nil)

    init(_ start: Consumer.StreamOffset?) { self.start = start }

    var isStream: Bool { start != nil }

    func handled(_ deliveries: [Delivery]) {
        guard isStream, let last = deliveries.last?.streamOffset else { return }
        handled.withLock { $0 = max($0 ?? last, last) }
    }

    /// The stream is another one: its offsets begin anew.
    func forget() {
        handled.withLock { $0 = nil }
    }

    /// The arguments of `basic.consume`.
    var arguments: [String: HeaderValue] {
        guard let start else { return [:] }
        if let last = handled.withLock({ $0 }) { return ["x-stream-offset": .int(last + 1)] }
        let offset: HeaderValue =
            switch start {
            case .first: .string("first")
            case .last: .string("last")
            case .next: .string("next")
            case .offset(let offset): .int(offset)
            case .timestamp(let date): .timestamp(date)
            }
        return ["x-stream-offset": offset]
    }
}
