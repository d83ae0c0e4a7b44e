import ContractKit
import Synchronization

/// How much of files this process holds at once, whoever sends and fetches them: beyond it they wait their turn.
final class FileMemory: Sendable {
    private let limit: Int
    private let held = Mutex(0)

    /// - Parameter limit: In bytes, as files are sent; sealing takes as much again.
    init(limit: Int = 64 << 20) { self.limit = limit }

    /// - Throws: ``Problem`` `.unavailable` when there is no room for so many bytes at the moment.
    fileprivate func take(_ count: Int) throws(Problem) {
        let fits = held.withLock { held in
            guard held + count <= limit else { return false }
            held += count
            return true
        }
        guard fits else { throw Problem(.unavailable, detail: "Too many files are under way", retryAfter: 1) }
    }

    fileprivate func giveBack(_ count: Int) { held.withLock { $0 -= count } }
}

/// What one request holds of it, until nobody has the lease any more.
final class FileLease: Sendable {
    private let memory: FileMemory
    private let held = Mutex(0)

    init(_ memory: FileMemory) { self.memory = memory }

    /// - Throws: ``Problem`` `.unavailable` when there is no room for so many bytes more.
    func take(_ count: Int) throws(Problem) {
        try memory.take(count)
        held.withLock { $0 += count }
    }

    deinit { memory.giveBack(held.withLock { $0 }) }
}
