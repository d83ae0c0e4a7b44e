import CLibPQ
import Foundation
import Synchronization

/// Takes the cancellation of a task to the server.
///
/// `PQcancel` opens a second, blocking connection and promises nothing: it runs on a thread of its own, repeats itself until
/// the flight has landed, and the connection is not used again, lest a late one hits another statement.
final class FlightCancellation: Sendable {
    private enum State {
        case waiting
        case flying(CancelHandle)
        case cancelled(at: ContinuousClock.Instant)
        case landed
    }

    private let state = Mutex(State.waiting)

    /// When it was cancelled during the flight.
    var cancelledAt: ContinuousClock.Instant? {
        state.withLock { if case .cancelled(let moment) = $0 { moment } else { nil } }
    }

    /// - Returns: false when it was cancelled on the ground.
    func takeOff(_ handle: CancelHandle) -> Bool {
        state.withLock {
            guard case .waiting = $0 else { return false }
            $0 = .flying(handle)
            return true
        }
    }

    /// - Returns: whether it was cancelled on the way.
    func land() -> Bool {
        state.withLock { state in
            defer { state = .landed }
            if case .cancelled = state { return true } else { return false }
        }
    }

    func cancel() {
        let handle: CancelHandle? = state.withLock {
            switch $0 {
            case .waiting:
                $0 = .cancelled(at: .now)
                return nil
            case .flying(let handle):
                $0 = .cancelled(at: .now)
                return handle
            case .cancelled, .landed: return nil
            }
        }
        guard let handle else { return }
        Thread.detachNewThread { [self] in
            // The first request may come before the statement that it means.
            for _ in 0..<40 where cancelledAt != nil {
                handle.cancel()
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }
}

/// The key to a running statement.
final class CancelHandle: @unchecked Sendable {
    // Immutable, and libpq allows PQcancel on any thread.
    private let raw: OpaquePointer

    init?(_ connection: OpaquePointer) {
        guard let raw = PQgetCancel(connection) else { return nil }
        self.raw = raw
    }

    deinit { PQfreeCancel(raw) }

    func cancel() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { _ = PQcancel(raw, $0.baseAddress, 256) }
    }
}
