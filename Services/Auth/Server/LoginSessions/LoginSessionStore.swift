import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Messaging
import Postgres
import ServiceKit

struct LoginSessionStore: Sendable {
    let ring: KeyRing
    let issuer: TokenIssuer
    private let keys: PersonKeys

    init(ring: KeyRing, issuer: TokenIssuer) {
        self.ring = ring
        self.issuer = issuer
        keys = PersonKeys(ring, service: "auth")
    }

    func begin(
        _ place: Place, _ account: AccountID, device: Device, address: String, remember: Bool, bothFactors: Bool, now: Date,
        in tx: Transaction
    ) async throws -> Tokens {
        let (organization, person) = (place.organizationID, place.personID)
        let id = LoginSessionID(now: now)
        let life = LoginSessionLife.of(place.roles, remember: remember)
        let key = try await keys.obtain(organization, person, in: tx)
        let refresh = RefreshToken(organization, id, counter: 1, ring: ring)
        let endsAt = now.addingTimeInterval(Double(life.total))
        try await tx.execute(
            """
            insert into login_sessions (organization_id, login_session_id, person_id, account_id, device, address, refresh_counter,
                refresh_hash, idle_seconds, ends_at, expires_at, created_at, last_seen_at, second_factor_at)
            values (\(organization), \(id), \(person), \(account), \(try key.seal(device.stored, context: context("device", organization, id))),
                \(try key.seal(address, context: context("address", organization, id))), 1, \(refresh.hash),
                \(life.idle), \(endsAt), \(min(endsAt, now.addingTimeInterval(Double(life.idle)))), \(now), \(now),
                \(bothFactors ? now : nil))
            """)
        let isAsked: Bool = try await tx.one("select requires_second_factor from organizations where organization_id = \(organization)")
        return try await tokens(place, id, refresh, until: endsAt, mustEnrol: isAsked && !bothFactors && place.roles.areStaff, now: now)
    }

    /// Trades `token` for new tokens.
    ///
    /// - Throws: ``Problem`` `.invalidRefreshToken`; a lasting one for a spent token, which ends its login session;
    ///   `.organizationSuspended`, `.accountSuspended`.
    func refresh(_ token: RefreshToken, address: String, now: Date, in tx: Transaction) async throws -> Tokens {
        let (organization, id) = (token.organizationID, token.loginSessionID)
        let session = try await tx.first(
            """
            select s.person_id, p.roles, p.location_ids, s.refresh_counter, s.refresh_hash, s.idle_seconds, s.ends_at, s.expires_at,
                s.ended_at is not null or p.deleted_at is not null or not p.is_active or o.deleted_at is not null as is_ended,
                not o.is_active as is_shut, a.status <> 'active' as is_suspended,
                o.requires_second_factor and s.second_factor_at is null as lacks_factor
            from login_sessions s join people p using (organization_id, person_id)
                join organizations o using (organization_id) join accounts a on a.account_id = s.account_id
            where s.organization_id = \(organization) and s.login_session_id = \(id)
            for update of s
            """, as: Refreshable.self)
        guard let session else { throw Problem(.invalidRefreshToken) }
        switch session.expected.judge(counter: token.counter, hash: token.hash, now: now) {
        case .refused: throw Problem(.invalidRefreshToken)
        case .spent:
            _ = try await end(id, organization, session.personID, .refreshTokenReused, now: now, in: tx)
            throw Problem(.invalidRefreshToken).lasting
        // The token stays good for when they are let in again.
        case .good where session.isShut: throw Problem(.organizationSuspended)
        case .good where session.isSuspended: throw Problem(.accountSuspended)
        case .good: break
        }
        let next = RefreshToken(organization, id, counter: token.counter + 1, ring: ring)
        let key = try await keys.obtain(organization, session.personID, in: tx)
        try await tx.execute(
            """
            update login_sessions set refresh_counter = \(next.counter), refresh_hash = \(next.hash), last_seen_at = \(now),
                address = \(try key.seal(address, context: context("address", organization, id))),
                expires_at = \(min(session.endsAt, now.addingTimeInterval(Double(session.idleSeconds))))
            where organization_id = \(organization) and login_session_id = \(id)
            """)
        let place = Place(
            organizationID: organization, personID: session.personID, roles: session.roles, locationIDs: session.locationIDs)
        return try await tokens(
            place, id, next, until: session.endsAt, mustEnrol: session.lacksFactor && place.roles.areStaff, now: now)
    }

    /// Both factors were given in the caller's login session: its next tokens are good for everything.
    func gaveBoth(_ caller: Caller, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update login_sessions set second_factor_at = \(now)
            where organization_id = \(caller.organizationID) and login_session_id = \(caller.loginSessionID) and second_factor_at is null
            """)
    }

    /// Whether the organization asks for a second factor that was not given in the caller's login session.
    func lacksFactor(_ caller: Caller, in tx: Transaction) async throws -> Bool {
        let lacks: Bool? = try await tx.first(
            """
            select o.requires_second_factor and s.second_factor_at is null
            from login_sessions s join organizations o using (organization_id)
            where s.organization_id = \(caller.organizationID) and s.login_session_id = \(caller.loginSessionID)
            """)
        return lacks ?? true
    }

    /// - Returns: Whether there was one to end.
    func end(
        _ id: LoginSessionID, of caller: Caller, _ reason: LoginSessionEnded.EndReason, now: Date, in tx: Transaction
    ) async throws -> Bool {
        try await end(id, caller.organizationID, caller.personID, reason, now: now, in: tx)
    }

    /// Ends every login session of a person, but for `kept`.
    func endAll(
        _ organization: OrganizationID, _ person: PersonID, _ reason: LoginSessionEnded.EndReason, except kept: LoginSessionID? = nil,
        now: Date, in tx: Transaction
    ) async throws {
        // A refresh that began before its session ran out may still be under way, and make it last.
        let lately = now.addingTimeInterval(-60)
        let ended: [Ended] = try await tx.query(
            """
            update login_sessions set ended_at = \(now), end_reason = \(reason), version = version + 1
            where organization_id = \(organization) and person_id = \(person) and ended_at is null and expires_at > \(lately)
                and login_session_id is distinct from \(kept)::uuid
            returning login_session_id, version
            """)
        for session in ended { try await say(session, organization, person, reason, in: tx) }
    }

    func list(of caller: Caller, cursor: Cursor?, limit: PageLimit, now: Date, in tx: Transaction) async throws -> Page<LoginSession> {
        let (organization, person) = (caller.organizationID, caller.personID)
        let before: LoginSessionID? = cursor?.id(0)
        let further: SQL = before.map { "and login_session_id < \($0)" } ?? ""
        let rows: [Row] = try await tx.query(
            """
            select login_session_id, device, address, created_at, last_seen_at, expires_at, second_factor_at is not null as has_second_factor
            from login_sessions
            where organization_id = \(organization) and person_id = \(person) and ended_at is null and expires_at > \(now)
                \(further)
            order by login_session_id desc limit \(limit.rawValue + 1)
            """)
        guard !rows.isEmpty, let key = try await keys.find(organization, person, in: tx) else {
            return Page(data: [], nextCursor: nil)
        }
        let recent = try await RecentActions(of: caller, now: now, in: tx)
        let sessions = try rows.map { row in
            let actions = recent[row.loginSessionID]
            let device = Device(stored: try key.open(row.device, context: context("device", organization, row.loginSessionID)))
            return LoginSession(
                id: row.loginSessionID, device: device.name, deviceType: device.type, browser: device.browser, os: device.os,
                address: try key.open(row.address, context: context("address", organization, row.loginSessionID)), createdAt: row.createdAt,
                lastSeenAt: max(row.lastSeenAt, actions.first?.at ?? row.lastSeenAt), expiresAt: row.expiresAt,
                isCurrent: row.loginSessionID == caller.loginSessionID, hasSecondFactor: row.hasSecondFactor, recentActions: actions)
        }
        return Page(rows: sessions, limit: limit) { Cursor($0.id) }
    }

    private func end(
        _ id: LoginSessionID, _ organization: OrganizationID, _ person: PersonID, _ reason: LoginSessionEnded.EndReason, now: Date,
        in tx: Transaction
    ) async throws -> Bool {
        let ended: Ended? = try await tx.first(
            """
            update login_sessions set ended_at = \(now), end_reason = \(reason), version = version + 1
            where organization_id = \(organization) and login_session_id = \(id) and person_id = \(person) and ended_at is null
            returning login_session_id, version
            """)
        guard let ended else { return false }
        try await say(ended, organization, person, reason, in: tx)
        return true
    }

    private func say(
        _ session: Ended, _ organization: OrganizationID, _ person: PersonID, _ reason: LoginSessionEnded.EndReason, in tx: Transaction
    ) async throws {
        try await tx.emit(
            LoginSessionEnded(
                organizationID: organization, loginSessionID: session.loginSessionID, personID: person, reason: reason,
                version: session.version))
    }

    private func tokens(
        _ place: Place, _ id: LoginSessionID, _ refresh: RefreshToken, until end: Date, mustEnrol: Bool, now: Date
    ) async throws -> Tokens {
        // No access token outlives its session.
        let lifetime = min(TokenIssuer.longestLifetime, max(1, Int(end.timeIntervalSince(now))))
        let access = try await issuer.accessToken(
            for: place.personID, in: place.organizationID, roles: place.roles, locations: place.locationIDs, loginSession: id,
            mustEnrol: mustEnrol, lifetime: lifetime, now: now)
        return Tokens(accessToken: access, refreshToken: refresh.text, expiresIn: lifetime)
    }

    private func context(_ column: String, _ organization: OrganizationID, _ id: LoginSessionID) -> String {
        "auth.login_sessions/\(column)/\(organization)/\(id)"
    }

    private struct Ended: Decodable, Sendable {
        var loginSessionID: LoginSessionID
        var version: Int64
    }

    private struct Refreshable: Decodable, Sendable {
        var personID: PersonID
        var roles: [Role]
        var locationIDs: [LocationID]
        var refreshCounter: Int64
        var refreshHash: Data
        var idleSeconds: Int
        var endsAt: Date
        var expiresAt: Date
        var isEnded: Bool
        var isShut: Bool
        var isSuspended: Bool
        var lacksFactor: Bool

        var expected: ExpectedRefresh {
            ExpectedRefresh(counter: refreshCounter, hash: refreshHash, expiresAt: expiresAt, isEnded: isEnded)
        }
    }

    private struct Row: Decodable, Sendable {
        var loginSessionID: LoginSessionID
        var device: Data
        var address: Data
        var createdAt: Date
        var lastSeenAt: Date
        var expiresAt: Date
        var hasSecondFactor: Bool
    }
}
