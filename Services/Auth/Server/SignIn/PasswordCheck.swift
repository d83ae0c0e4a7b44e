import AuthContract
import ContractKit
import Foundation
import Postgres

/// Who knew the password of an account.
struct PasswordProof: Sendable {
    let accountID: AccountID
    /// The account's when the password was checked; nil when it was chosen just now.
    let version: Int64?
    /// Whether that is not enough.
    let hasSecondFactor: Bool
}

/// Whether a password belongs to an address, at a pace that makes guessing useless.
///
/// In transactions of its own: a wrong password must be counted although the request fails, and none is held while hashing.
struct PasswordCheck: Sendable {
    let database: Database
    let accounts: AccountStore
    let secondFactors: SecondFactorStore
    let throttles: SignInThrottleStore
    let passwords: PasswordHasher
    private let underWay = ChecksUnderWay()

    init(
        database: Database, accounts: AccountStore, secondFactors: SecondFactorStore, throttles: SignInThrottleStore,
        passwords: PasswordHasher
    ) {
        self.database = database
        self.accounts = accounts
        self.secondFactors = secondFactors
        self.throttles = throttles
        self.passwords = passwords
    }

    /// - Parameter place: Where it is asked from.
    /// - Throws: ``Problem`` `.invalidCredentials` for a wrong password and for an unknown name alike; `.accountLocked` or
    ///   `.rateLimited` before anything is hashed; `.unavailable` when too many wait.
    func proof(_ name: SignInName, _ password: String, from place: NetworkPlace, now: Date) async throws -> PasswordProof {
        let begun = ContinuousClock.now
        // What is counted happens when the answer is known: whoever waited long for their turn waits no less afterwards.
        var moment: Date { now.addingTimeInterval((ContinuousClock.now - begun) / .seconds(1)) }
        return try await underWay.alone(with: throttles.key(name)) {
            let account = try await database.transaction { tx in
                try await throttles.admit(name, from: place, now: now, in: tx)
                return try await accounts.find(name, in: tx)
            }
            guard case .right(let isOutdated) = try await passwords.verify(password, against: account?.password, from: place), let account
            else { throw try await failed(name, from: place, now: moment) }
            // It can wait until another day, when there is less to do.
            let upgraded = isOutdated ? try? await passwords.hash(password, from: place) : nil
            return try await database.transaction { tx in
                let hasSecondFactor = try await secondFactors.isEnabled(account.accountID, in: tx)
                // Who knows the password must not clear the count of wrong codes with it, which are counted by the address.
                if !hasSecondFactor || !name.isEmail { try await throttles.succeeded(name, now: moment, in: tx) }
                if let upgraded { try await accounts.upgrade(account, to: upgraded, in: tx) }
                return PasswordProof(accountID: account.accountID, version: account.version, hasSecondFactor: hasSecondFactor)
            }
        }
    }

    /// In a task that nobody cancels: whoever hangs up before the answer has had their try.
    private func failed(_ name: SignInName, from place: NetworkPlace, now: Date) async throws -> Problem {
        try await Task {
            try await database.transaction { tx in try await throttles.failed(.invalidCredentials, name, from: place, now: now, in: tx) }
        }.value
    }
}
