import Synchronization

/// What a flight waits on: the next sign of life from its socket.
final class SocketWait: Sendable {
    private enum State {
        case quiet
        /// Something came while nobody waited.
        case told
        case waiting(UnsafeContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    /// One task at a time waits.
    func next() async {
        await withUnsafeContinuation { continuation in
            let wasTold = state.withLock { state in
                if case .told = state {
                    state = .quiet
                    return true
                }
                state = .waiting(continuation)
                return false
            }
            if wasTold { continuation.resume() }
        }
    }

    func tell() {
        let continuation: UnsafeContinuation<Void, Never>? = state.withLock { state in
            guard case .waiting(let continuation) = state else {
                state = .told
                return nil
            }
            state = .quiet
            return continuation
        }
        continuation?.resume()
    }
}
