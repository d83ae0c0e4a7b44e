import Foundation
import Synchronization

/// What other threads and tasks ask of a thread that waits in `poll`: posting wakes it through a pipe.
final class Mailbox<Command: Sendable>: Sendable {
    private struct State {
        var commands: [Command] = []
        /// The thread sleeps, or is about to, and nobody has woken it yet: to wake a thread costs more than most commands.
        var isAsleep = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let readEnd: Int32
    private let writeEnd: Int32

    /// Without a pipe, when the process has no descriptors left, commands are only seen when ``wait(socket:atMost:)`` is over.
    init() {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) != 0 { ends = [-1, -1] }
        for end in ends where end >= 0 {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        for end in [readEnd, writeEnd] where end >= 0 { close(end) }
    }

    /// What is not urgent does not wake the thread, but is there when it wakes.
    ///
    /// - Returns: false when nobody will take it any more.
    @discardableResult func post(_ command: Command, isUrgent: Bool = true) -> Bool {
        let (isTaken, wakes) = state.withLock { state in
            if state.isClosed { return (false, false) }
            state.commands.append(command)
            let wakes = state.isAsleep && isUrgent
            if wakes { state.isAsleep = false }
            return (true, wakes)
        }
        if wakes {
            var byte: UInt8 = 1
            // Cannot fill up: one for each sleep, and each waking empties it.
            _ = write(writeEnd, &byte, 1)
        }
        return isTaken
    }

    /// All commands since the last call, in order.
    func take() -> [Command] {
        state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Refuses what is posted from now on. - Returns: what was not taken.
    func closeAndTake() -> [Command] {
        state.withLock { $0.isClosed = true }
        return take()
    }

    /// Waits until there is something to take, `socket` is readable or the time is over.
    func wait(socket: Int32? = nil, atMost limit: Duration) {
        let isIdle = state.withLock { state in
            state.isAsleep = state.commands.isEmpty
            return state.isAsleep
        }
        guard isIdle else { return }
        var descriptors = [pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)]
        if let socket { descriptors.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0)) }
        // Rounded up, so that a wait for half a millisecond does not spin. An interruption by a signal just ends it early.
        let milliseconds = Int32(clamping: Int64(max(0, limit / .milliseconds(1)).rounded(.up)))
        _ = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
        state.withLock { $0.isAsleep = false }
        if descriptors[0].revents != 0 {
            var bytes: (UInt64, UInt64) = (0, 0)
            _ = withUnsafeMutableBytes(of: &bytes) { read(readEnd, $0.baseAddress, $0.count) }
        }
    }
}
