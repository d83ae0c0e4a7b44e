import ContractKit
import Foundation
import HTTPTypes
import Logging
import Postgres

/// What the calls of one service share.
struct Surroundings: Sendable {
    let serviceName: String
    let database: Database
    let tokens: TokenVerifier
    let logger: Logger
    let now: @Sendable () -> Date
    let appConfig: AppConfig
    let fileMemory = FileMemory()

    /// For so many seconds a sign-in is fresh.
    private static let freshness: TimeInterval = 300

    /// Who calls. A token on an operation that everyone may call counts when it is good for it and is passed over when not: signing in
    /// must work for a client that still sends an old one.
    ///
    /// - Throws: ``Problem`` 401 without a good token, or without a fresh one where that is asked for, 403 when it is limited to other
    ///   operations, the second factor is missing that the organization asks for, or none of the caller's roles is enough; 403 or 404 when the organization or the account is suspended or deleted.
    func caller<O: APIOperation>(of exchange: Exchange, for operation: O.Type) async throws -> Caller? {
        let access = O.access
        if access.isPlatform { return nil }
        guard let field = exchange.headers[.authorization] else {
            if access == .everyone { return nil }
            throw Problem(.unauthenticated)
        }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", let token = await tokens.verify(String(parts[1]), now: now()) else {
            if access == .everyone { return nil }
            throw Problem(.unauthenticated)
        }
        if let kind = tokens.standings.refusal(of: token.personID, in: token.organizationID, now: now()) {
            if access == .everyone { return nil }
            throw Problem(kind)
        }
        guard token.covers(operation, of: serviceName) else {
            if access == .everyone { return nil }
            throw Problem(.insufficientScope)
        }
        if token.mustEnrol, !O.servesEnrolment {
            if access == .everyone { return nil }
            throw Problem(.secondFactorNeeded)
        }
        guard let scope = access.scope(for: token.roles, isBound: token.locationIDs != nil) else { throw Problem(.forbidden) }
        if O.needsFreshSignIn, now().timeIntervalSince(token.authenticatedAt) > Self.freshness { throw Problem(.stepUpRequired) }
        return Caller(
            personID: token.personID, organizationID: token.organizationID, roles: token.roles,
            loginSessionID: token.loginSessionID, scope: scope, locationIDs: token.locationIDs)
    }

    /// Who of those who run the installation calls; nil on operations that are not for them.
    ///
    /// - Throws: ``Problem`` 401 without a good token, 403 for an organization's people, and as long as the second factor is missing.
    func platformCaller(of exchange: Exchange, for access: Access) async throws -> PlatformCaller? {
        guard access.isPlatform else { return nil }
        let parts = exchange.headers[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Problem(.unauthenticated) }
        guard let token = await tokens.verifyPlatform(String(parts[1]), now: now()) else {
            throw Problem(await tokens.verify(String(parts[1]), now: now()) == nil ? .unauthenticated : .forbidden)
        }
        if access == .platform, !token.hasSecondFactor { throw Problem(.secondFactorNeeded) }
        return PlatformCaller(adminID: token.adminID, loginSessionID: token.loginSessionID, hasSecondFactor: token.hasSecondFactor)
    }

    /// Runs a transaction again when PostgreSQL asks for it, five times and three seconds at most, or when a twin's idempotency row
    /// came first; and as long as it waits for an event. Not after a lock that was waited for in vain: the client has waited long enough.
    func repeating<Result: Sendable>(_ transaction: () async throws -> Result) async throws -> Result {
        let deadline = ContinuousClock.now + AwaitedArrival.patience
        var pause = AwaitedArrival.shortestPause
        while true {
            do {
                return try await repeatingConflicts(transaction)
            } catch let awaited as AwaitedArrival {
                if ContinuousClock.now >= deadline { throw awaited.refusal }
                try await Task.sleep(for: pause)
                pause = min(pause * 3 / 2, AwaitedArrival.longestPause)
            }
        }
    }

    private func repeatingConflicts<Result: Sendable>(_ transaction: () async throws -> Result) async throws -> Result {
        let patience = ContinuousClock.now + .seconds(3)
        for attempt in 1...5 where ContinuousClock.now < patience {
            do {
                return try await transaction()
            } catch let error as DatabaseError where Self.isWorthRepeating(error) {
                logger.info("transaction repeated", metadata: ["attempt": "\(attempt)", "error": "\(error)"])
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...50) * attempt))
            }
        }
        return try await transaction()
    }

    private static func isWorthRepeating(_ error: DatabaseError) -> Bool {
        error.constraint == IdempotencyMemory.primaryKey || (error.isRetriable && error.sqlState != "55P03")
    }
}
