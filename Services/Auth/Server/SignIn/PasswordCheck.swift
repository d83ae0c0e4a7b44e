import AuthContract
import ContractKit
import Foundation
import Postgres

/// Whether a password belongs to an address, at a pace that makes guessing useless.
///
/// In transactions of its own: a wrong password must be counted although the request fails, and none is held while hashing.
struct PasswordCheck: Sendable {
    let database: Database
    let accounts: AccountStore
    let throttles: SignInThrottleStore
    let passwords: PasswordHasher

    /// - Parameter address: The network address that asks.
    /// - Returns: The account whose password it is.
    /// - Throws: ``Problem`` `.invalidCredentials` for a wrong password and for an unknown address alike; `.accountLocked` or
    ///   `.rateLimited` before anything is hashed; `.unavailable` when too many wait.
    func account(_ email: EmailAddress, _ password: String, from address: String, now: Date) async throws -> Account {
        let account = try await database.transaction { tx in
            try await throttles.admit(email, from: address, now: now, in: tx)
            return try await accounts.find(email, in: tx)
        }
        guard case .right(let isOutdated) = try await passwords.verify(password, against: account?.password), let account else {
            throw try await database.transaction { tx in try await throttles.failed(email, from: address, now: now, in: tx) }
        }
        let upgraded = isOutdated ? try await passwords.hash(password) : nil
        try await database.transaction { tx in
            try await throttles.succeeded(email, now: now, in: tx)
            if let upgraded { try await accounts.upgrade(account, to: upgraded, in: tx) }
        }
        return account
    }
}
