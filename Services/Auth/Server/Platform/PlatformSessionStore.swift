import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

/// The login sessions of those who run the installation. Each of their calls is held against it: they make few.
struct PlatformSessionStore: Sendable {
    /// How long the password alone is good for giving the second factor, in seconds.
    static let firstStep = 300
    /// How long both are good for.
    static let lifetime = 1800

    let issuer: TokenIssuer

    /// With the password alone.
    func begin(_ admin: PlatformAdminRow, now: Date, in tx: Transaction) async throws -> PlatformTokens {
        let (id, session) = (admin.platformAdminID, LoginSessionID(now: now))
        try await tx.execute(
            """
            insert into platform_sessions (platform_session_id, platform_admin_id, expires_at, created_at)
            values (\(session), \(id), \(now.addingTimeInterval(Double(Self.firstStep))), \(now))
            """)
        let token = try await issuer.platformToken(
            for: id, loginSession: session, hasSecondFactor: false, lifetime: Self.firstStep, now: now)
        return PlatformTokens(
            accessToken: token, expiresIn: Self.firstStep, secondFactor: admin.totpEnabledAt == nil ? .enrol : .give)
    }

    /// Both factors were given.
    func complete(_ caller: PlatformCaller, now: Date, in tx: Transaction) async throws -> PlatformTokens {
        try await tx.execute(
            """
            update platform_sessions set second_factor_at = \(now), expires_at = \(now.addingTimeInterval(Double(Self.lifetime)))
            where platform_session_id = \(caller.loginSessionID)
            """)
        let token = try await issuer.platformToken(
            for: caller.adminID, loginSession: caller.loginSessionID, hasSecondFactor: true, lifetime: Self.lifetime, now: now)
        return PlatformTokens(accessToken: token, expiresIn: Self.lifetime, secondFactor: .done)
    }

    /// Whoever calls, if their login session still stands and they are active.
    ///
    /// - Throws: ``Problem`` `.unauthenticated`.
    func admin(_ caller: PlatformCaller, now: Date, in tx: Transaction) async throws -> PlatformAdminRow {
        let admin = try await tx.first(
            """
            select \(PlatformAdminRow.columns) from platform_sessions s join platform_admins a using (platform_admin_id)
            where s.platform_session_id = \(caller.loginSessionID) and s.platform_admin_id = \(caller.adminID) and a.is_active
                and s.ended_at is null and s.expires_at > \(now)
                and (s.second_factor_at is not null or not \(caller.hasSecondFactor)::boolean)
            """, as: PlatformAdminRow.self)
        guard let admin else { throw Problem(.unauthenticated) }
        return admin
    }

    func end(_ session: LoginSessionID, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            "update platform_sessions set ended_at = \(now) where platform_session_id = \(session) and ended_at is null")
    }

    func endAll(of admin: PlatformAdminID, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            "update platform_sessions set ended_at = \(now) where platform_admin_id = \(admin) and ended_at is null")
    }
}

extension Job {
    static let expiredPlatformSessions = deleting("expired-platform-sessions", every: .seconds(3600)) { limit in
        """
        delete from platform_sessions where platform_session_id = any (array(
            select platform_session_id from platform_sessions where expires_at < now() - interval '30 days'
            order by expires_at limit \(limit) for update skip locked))
        """
    }
}
