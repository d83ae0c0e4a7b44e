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
    private let underWay = ChecksUnderWay()

    init(database: Database, accounts: AccountStore, throttles: SignInThrottleStore, passwords: PasswordHasher) {
        self.database = database
        self.accounts = accounts
        self.throttles = throttles
        self.passwords = passwords
    }

    /// - Parameter place: Where it is asked from.
    /// - Returns: The account whose password it is.
    /// - Throws: ``Problem`` `.invalidCredentials` for a wrong password and for an unknown address alike; `.accountLocked` or
    ///   `.rateLimited` before anything is hashed; `.unavailable` when too many wait.
    func account(_ email: EmailAddress, _ password: String, from place: NetworkPlace, now: Date) async throws -> Account {
        try await underWay.alone(with: throttles.key(email)) {
            let account = try await database.transaction { tx in
                try await throttles.admit(email, from: place, now: now, in: tx)
                return try await accounts.find(email, in: tx)
            }
            guard case .right(let isOutdated) = try await passwords.verify(password, against: account?.password, from: place), let account
            else { throw try await failed(email, from: place, now: now) }
            // It can wait until another day, when there is less to do.
            let upgraded = isOutdated ? try? await passwords.hash(password, from: place) : nil
            try await database.transaction { tx in
                try await throttles.succeeded(email, now: now, in: tx)
                if let upgraded { try await accounts.upgrade(account, to: upgraded, in: tx) }
            }
            return account
        }
    }

    /// In a task that nobody cancels: whoever hangs up before the answer has had their try.
    private func failed(_ email: EmailAddress, from place: NetworkPlace, now: Date) async throws -> Problem {
        try await Task {
            try await database.transaction { tx in try await throttles.failed(email, from: place, now: now, in: tx) }
        }.value
    }
}
