import ContractKit
import Foundation
import Synchronization

/// Lets an account's password be checked by one request at a time.
///
/// From the look at what is counted to the counting: of many guesses side by side none is judged by what was true before the others.
final class ChecksUnderWay: Sendable {
    private let accounts = Mutex<Set<Data>>([])

    /// - Parameter account: Its keyed hash, which addresses without an account have as well.
    /// - Throws: ``Problem`` `.rateLimited` when somebody else is at it.
    func alone<Result>(
        with account: Data, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        guard accounts.withLock({ $0.insert(account).inserted }) else { throw Problem.tooManySignIns }
        defer { accounts.withLock { _ = $0.remove(account) } }
        return try await body()
    }
}
