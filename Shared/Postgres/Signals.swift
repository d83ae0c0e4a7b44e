import Foundation
import Synchronization

/// Wakes listeners in this process. Bursts fold into one: a listener looks at the database anyway.
final class Signals: Sendable {
    private struct State {
        var listeners: [String: [UUID: AsyncStream<Void>.Continuation]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    func stream(_ name: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in _ = state.listeners[name]?.removeValue(forKey: id) }
        }
        let isClosed = state.withLock { state in
            if !state.isClosed { state.listeners[name, default: [:]][id] = continuation }
            return state.isClosed
        }
        if isClosed { continuation.finish() }
        return stream
    }

    func fire(_ names: Set<String>) {
        let listeners = state.withLock { state in names.flatMap { state.listeners[$0]?.values.map(\.self) ?? [] } }
        for listener in listeners { listener.yield() }
    }

    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return state.listeners.values.flatMap(\.values)
        }
        for listener in listeners { listener.finish() }
    }
}
