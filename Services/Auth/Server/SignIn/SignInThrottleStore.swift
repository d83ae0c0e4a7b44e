import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import ServiceKit

struct SignInThrottleStore: Sendable {
    let ring: KeyRing

    /// - Throws: ``Problem`` `.accountLocked` or `.rateLimited` with the seconds to wait.
    func admit(_ name: SignInName, from place: NetworkPlace, now: Date, in tx: Transaction) async throws {
        if let seconds = try await throttle(key(name), in: tx)?.wait(now: now) { throw Problem(.accountLocked, retryAfter: seconds) }
        if let seconds = AddressAllowance.wait(try await allowance(key(place), in: tx), now: now) {
            throw Problem(.rateLimited, retryAfter: seconds)
        }
    }

    /// Counts a wrong password or code, which is answered with `kind`.
    ///
    /// - Returns: The problem to answer with: tries that ran beside the one that began the wait learn nothing from theirs.
    func failed(
        _ kind: ProblemKind, _ name: SignInName, from place: NetworkPlace, now: Date, in tx: Transaction
    ) async throws -> Problem {
        let account = key(name)
        try await count(key(place), now: now, in: tx) { _ in }
        try await tx.execute(
            """
            insert into sign_in_failures (account_key, failures, last_failure_at) values (\(account), 0, \(now))
            on conflict do nothing
            """)
        let before = try await throttle(account, in: tx, locked: true)
        if let seconds = before?.wait(now: now) { return Problem(.accountLocked, retryAfter: seconds) }
        let after = SignInThrottle.after(before, failureAt: now)
        try await tx.execute(
            """
            update sign_in_failures set failures = \(after.failures), blocked_until = \(after.blockedUntil), last_failure_at = \(now)
            where account_key = \(account)
            """)
        return Problem(kind)
    }

    /// Counts a request from a network address for a mail to whatever address it names. These have tries of their own: who asks for too
    /// many can still sign in.
    ///
    /// - Throws: ``Problem`` `.rateLimited` with the seconds to wait.
    func askedForMail(from place: NetworkPlace, now: Date, in tx: Transaction) async throws {
        let key = ring.blindIndex(place.description, purpose: "auth.sign_in_addresses.mail")
        try await count(key, now: now, in: tx) { before in
            if let seconds = AddressAllowance.wait(before, now: now) { throw Problem(.rateLimited, retryAfter: seconds) }
        }
    }

    /// Forgets an account's failures: somebody proved otherwise to be its holder.
    func forgive(_ name: SignInName, in tx: Transaction) async throws {
        try await tx.execute("delete from sign_in_failures where account_key = \(key(name))")
    }

    private func count(_ address: Data, now: Date, in tx: Transaction, unless refuse: (AddressAllowance?) throws -> Void) async throws {
        try await tx.execute(
            """
            insert into sign_in_addresses (address_key, tries, counted_at) values (\(address), \(AddressAllowance.most), \(now))
            on conflict do nothing
            """)
        let before = try await allowance(address, in: tx, locked: true)
        try refuse(before)
        let after = AddressAllowance.after(before, failureAt: now)
        try await tx.execute("update sign_in_addresses set tries = \(after.tries), counted_at = \(now) where address_key = \(address)")
    }

    /// Forgets the account's failures after a right password.
    ///
    /// - Throws: ``Problem`` `.accountLocked` when a wait began while the password was being checked.
    func succeeded(_ name: SignInName, now: Date, in tx: Transaction) async throws {
        guard let throttle = try await throttle(key(name), in: tx, locked: true) else { return }
        if let seconds = throttle.wait(now: now) { throw Problem(.accountLocked, retryAfter: seconds) }
        try await tx.execute("delete from sign_in_failures where account_key = \(key(name))")
    }

    private func throttle(_ key: Data, in tx: Transaction, locked: Bool = false) async throws -> SignInThrottle? {
        let lock: SQL = locked ? "for update" : ""
        return try await tx.first(
            "select failures, blocked_until, last_failure_at from sign_in_failures where account_key = \(key) \(lock)")
    }

    private func allowance(_ key: Data, in tx: Transaction, locked: Bool = false) async throws -> AddressAllowance? {
        let lock: SQL = locked ? "for update" : ""
        return try await tx.first("select tries, counted_at from sign_in_addresses where address_key = \(key) \(lock)")
    }

    /// What is known of somebody who signs in, whether or not they have an account.
    func key(_ name: SignInName) -> Data { ring.blindIndex(name.counted, purpose: "auth.sign_in_failures.account") }
    private func key(_ place: NetworkPlace) -> Data { ring.blindIndex(place.description, purpose: "auth.sign_in_addresses.address") }
}

extension Job {
    /// Made-up addresses must not fill the tables: what was quiet for so long has no effect any more.
    static let quietSignInFailures = deleting("quiet-sign-in-failures", every: .seconds(600)) { limit in
        """
        delete from sign_in_failures where account_key = any (array(
            select account_key from sign_in_failures where last_failure_at < now() - make_interval(secs => \(SignInThrottle.memory))
            order by last_failure_at limit \(limit) for update skip locked))
        """
    }

    static let quietSignInAddresses = deleting("quiet-sign-in-addresses", every: .seconds(600)) { limit in
        """
        delete from sign_in_addresses where address_key = any (array(
            select address_key from sign_in_addresses where counted_at < now() - make_interval(secs => \(SignInThrottle.memory))
            order by counted_at limit \(limit) for update skip locked))
        """
    }
}
