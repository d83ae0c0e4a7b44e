import Foundation
import Synchronization

/// Lets the deadline thread break a library call that does not return, by shutting its socket down.
///
/// It never closes the descriptor: the number could belong to another file the moment the library uses it again.
final class SocketWatch: Sendable {
    private struct State {
        var socket: Int32?
        var hasFired = false
    }

    private let state: Mutex<State>

    init(socket: Int32) { state = Mutex(State(socket: socket)) }

    /// Runs `call`; when it has not returned by `deadline` the socket is shut down, which makes it return with an error.
    func during<Result>(until deadline: ContinuousClock.Instant, _ call: () -> Result) -> Result {
        let ticket = Deadlines.shared.at(deadline) { [weak self] in
            self?.fire()
        }
        defer { Deadlines.shared.cancel(ticket) }
        return call()
    }

    private func fire() {
        state.withLock { state in
            guard let socket = state.socket else { return }
            state.hasFired = true
            shutdown(socket, Int32(SHUT_RDWR))
        }
    }

    var hasFired: Bool { state.withLock { $0.hasFired } }

    /// Before the descriptor is closed: shuts it down and never touches it again.
    func release() {
        state.withLock { state in
            if let socket = state.socket { shutdown(socket, Int32(SHUT_RDWR)) }
            state.socket = nil
        }
    }
}
