import AuthContract
import ContractKit
import Foundation
import Postgres

/// Whether a password is that of somebody who runs the installation, at the pace of ``PasswordCheck``.
struct PlatformPasswordCheck: Sendable {
    let database: Database
    let admins: PlatformAdminStore
    let throttles: SignInThrottleStore
    let passwords: PasswordHasher
    private let underWay = ChecksUnderWay()

    init(database: Database, admins: PlatformAdminStore, throttles: SignInThrottleStore, passwords: PasswordHasher) {
        self.database = database
        self.admins = admins
        self.throttles = throttles
        self.passwords = passwords
    }

    /// - Throws: ``Problem`` `.invalidCredentials` for a wrong password, an unknown name and an inactive administrator alike;
    ///   `.accountLocked` or `.rateLimited` before anything is hashed; `.unavailable` when too many wait.
    func proof(_ username: Username, _ password: String, from place: NetworkPlace, now: Date) async throws -> PlatformAdminRow {
        let counted = SignInName.platform(username)
        return try await underWay.alone(with: throttles.key(counted)) {
            let admin = try await database.transaction { tx in
                try await throttles.admit(counted, from: place, now: now, in: tx)
                return try await admins.find(username, in: tx)
            }
            let known = admin.flatMap { $0.isActive ? $0 : nil }
            guard case .right = try await passwords.verify(password, against: known?.password, from: place), let known else {
                throw try await failed(counted, from: place, now: now)
            }
            // What was counted is forgotten by a right code only: whoever knows the password must not clear the wrong ones with it.
            return known
        }
    }

    /// In a task that nobody cancels: whoever hangs up before the answer has had their try.
    private func failed(_ counted: SignInName, from place: NetworkPlace, now: Date) async throws -> Problem {
        try await Task {
            try await database.transaction { tx in
                try await throttles.failed(.invalidCredentials, counted, from: place, now: now, in: tx)
            }
        }.value
    }
}
