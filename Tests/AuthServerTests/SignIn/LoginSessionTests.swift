import AuthContract
import ContractKit
import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

@Suite struct LoginSessionTests {
    @Test func refreshTokensAreTradedOnce() async throws {
        try await withAuth { auth, database in
            let first = try await auth.signUp("iron-temple").tokens
            let second = try await auth.refresh(first)
            let third = try await auth.refresh(second)
            #expect(Set([first, second, third].map(\.refreshToken)).count == 3)
            _ = try await auth.call(GetMe(), token: third.accessToken)

            // A copy of a spent one: refused, and the good one is worth nothing from then on.
            #expect(try await problem { try await auth.refresh(first) }?.isA(.invalidRefreshToken) == true)
            #expect(try await problem { try await auth.refresh(third) }?.status == 401)
            let ended = try await database.said(LoginSessionEnded.self)
            #expect(ended.map(\.reason) == [.refreshTokenReused])
            #expect(try await database.sql("select end_reason from auth.login_sessions").hasPrefix("refresh_token_reused"))
        }
    }

    @Test func ofTwoRefreshesAtOnceOneWinsAndTheCopyIsNoticed() async throws {
        try await withAuth { auth, database in
            let tokens = try await auth.signUp("iron-temple").tokens
            let outcomes = try await withThrowingTaskGroup(of: Int?.self) { tasks in
                for _ in 0..<6 { tasks.addTask { try await problem { try await auth.refresh(tokens) }?.status } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == 401 }.count == 5)
            #expect(try await database.said(LoginSessionEnded.self).count == 1)
        }
    }

    @Test func aRepeatWithTheSameKeyIsNoReuse() async throws {
        try await withAuth { auth, database in
            let tokens = try await auth.signUp("iron-temple").tokens
            let first = try await auth.refresh(tokens, idempotencyKey: "once")
            #expect(try await auth.refresh(tokens, idempotencyKey: "once") == first)
            _ = try await auth.refresh(first)
            #expect(try await database.said(LoginSessionEnded.self).isEmpty)
        }
    }

    /// A token traded by a call that came to nothing would be taken for a copy when the client asks again.
    @Test func aRefreshThatCouldNotBeAnsweredTradesNothing() async throws {
        try await withAuth { auth, database in
            let tokens = try await auth.signUp("iron-temple").tokens
            try await database.refuseOneAnswer()
            #expect(try await problem { try await auth.refresh(tokens, idempotencyKey: "once") }?.status == 503)
            let next = try await auth.refresh(tokens, idempotencyKey: "once")
            _ = try await auth.refresh(next)
            #expect(try await database.said(LoginSessionEnded.self).isEmpty)
        }
    }

    @Test func ofManyAtOnceWithTheSameKeyNoneIsTakenForACopy() async throws {
        try await withAuth { auth, database in
            var tokens = try await auth.signUp("iron-temple").tokens
            for round in 0..<20 {
                let spent = tokens
                let traded = try await withThrowingTaskGroup(of: Tokens?.self) { tasks in
                    for _ in 0..<8 {
                        tasks.addTask {
                            do {
                                return try await auth.refresh(spent, idempotencyKey: "round-\(round)")
                            } catch let problem as Problem where problem.isA(.idempotencyInProgress) {
                                return nil
                            }
                        }
                    }
                    return try await tasks.reduce(into: []) { $0.append($1) }
                }
                tokens = try #require(traded.compactMap(\.self).first)
                #expect(traded.allSatisfy { $0 == nil || $0 == tokens })
            }
            _ = try await auth.refresh(tokens)
            #expect(try await database.said(LoginSessionEnded.self).isEmpty)
        }
    }

    /// Who has the key of a refused copy gets the refusal again, headers and all.
    @Test func theRefusalOfACopyIsRememberedUnderItsKey() async throws {
        try await withAuth { auth, database in
            let tokens = try await auth.signUp("iron-temple").tokens
            _ = try await auth.refresh(tokens)
            for replayed in [nil, "true"] {
                let answer = try await auth.request(
                    "POST", "/v1/auth/refresh", headers: ["Idempotency-Key": "copy"], json: #"{"refresh_token":"\#(tokens.refreshToken)"}"#)
                #expect(answer.status == 401 && answer.headers["www-authenticate"] == "Bearer")
                #expect(answer.headers["idempotent-replayed"] == replayed)
                #expect(answer.headers["content-type"] == "application/problem+json")
            }
            #expect(try await database.said(LoginSessionEnded.self).map(\.reason) == [.refreshTokenReused])
        }
    }

    @Test("S2-06: the list of login sessions shows when each was last active and what was done in it lately")
    func theListShowsWhatWasDoneLately() async throws {
        try await withAuth { auth, database in
            let desk = try await auth.signUp("iron-temple").tokens
            let phone = try await auth.login("iron-temple@example.com")
            try await database.sql(
                "update auth.login_sessions set created_at = now() - interval '1 hour', last_seen_at = now() - interval '1 hour'")
            for number in 1...6 { _ = try await auth.addMember(Line(rawValue: "Member \(number)")!, token: desk.accessToken) }
            _ = try await auth.call(ListMembers(), token: desk.accessToken)
            var sessions = try await auth.call(ListLoginSessions(), token: phone.accessToken).data
            #expect(sessions.map(\.isCurrent) == [true, false])
            #expect(sessions[0].recentActions == [] && sessions[0].lastSeenAt.timeIntervalSinceNow < -3000)
            #expect(sessions[1].recentActions.map(\.operation) == ["ListMembers"] + Array(repeating: "CreateMember", count: 4))
            #expect(sessions[1].recentActions.map(\.at) == sessions[1].recentActions.map(\.at).sorted(by: >))
            #expect(sessions[1].lastSeenAt == sessions[1].recentActions[0].at && abs(sessions[1].lastSeenAt.timeIntervalSinceNow) < 60)

            // Nothing was written to the sessions themselves, and others see their own only.
            #expect(
                try await database.sql("select count(*) from auth.login_sessions where last_seen_at > now() - interval '1 minute'")
                    .hasPrefix("0"))
            let other = try await auth.signUp("steel-hall").tokens.accessToken
            sessions = try await auth.call(ListLoginSessions(), token: other).data
            #expect(sessions.count == 1 && sessions[0].recentActions == [])
        }
    }

    @Test("S3-41: made-up and run-out refresh tokens are refused, others show when they were last used")
    func madeUpAndRunOutTokensAreRefused() async throws {
        try await withAuth { auth, database in
            var tokens = try await auth.signUp("iron-temple").tokens
            try await database.sql("update auth.login_sessions set last_seen_at = now() - interval '10 minutes'")
            tokens = try await auth.refresh(tokens)
            let session = try #require(try await auth.call(ListLoginSessions(), token: tokens.accessToken).data.first)
            #expect(abs(session.lastSeenAt.timeIntervalSinceNow) < 60 && session.expiresAt > Date())
            // No access token outlives its session.
            try await database.sql("update auth.login_sessions set expires_at = now() + interval '90 s', ends_at = now() + interval '90 s'")
            tokens = try await auth.refresh(tokens)
            #expect(tokens.expiresIn <= 90)
            let access = try #require(await auth.tokens.verify(tokens.accessToken, now: Date()))
            #expect(access.expiresAt.timeIntervalSinceNow <= 90)
            try await database.sql("update auth.login_sessions set expires_at = now() - interval '1 second'")
            #expect(try await problem { try await auth.refresh(tokens) }?.status == 401)
            #expect(try await auth.call(ListLoginSessions(), token: tokens.accessToken).data.isEmpty)
            tokens.refreshToken = "rt1.\(LoginSessionID()).1.AAAA"
            #expect(try await problem { try await auth.refresh(tokens) }?.status == 401)
            #expect(try await database.said(LoginSessionEnded.self).isEmpty)
        }
    }

    @Test("S4-50: what a session is good for is never stored, and expired ones are gone after the clean-up")
    func expiredSessionsAreCleanedUp() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            _ = try await auth.signUp("steel-temple")
            for _ in 0..<3 { _ = try await auth.login("iron-temple@example.com") }
            let stored = try await database.sql("select encode(refresh_hash, 'escape'), s::text from auth.login_sessions s")
            #expect(!stored.contains(made.tokens.refreshToken) && !stored.contains(made.tokens.accessToken))
            #expect(!stored.contains("127.0.0.1"))
            let ids = try await database.sql("select login_session_id from auth.login_sessions order by 1").split(separator: "\n")
            #expect(ids.count == 5)
            // Ended yesterday, and ran out a month and a day ago: in both organizations.
            try await database.sql(
                """
                update auth.login_sessions set expires_at = now() - interval '1 day' where login_session_id = '\(ids[2])';
                update auth.login_sessions set expires_at = now() - interval '31 days' where login_session_id in ('\(ids[0])', '\(ids[1])', '\(ids[3])')
                """)
            try await auth.run(.expiredLoginSessions)
            let left = try await database.sql("select login_session_id from auth.login_sessions order by 1").split(separator: "\n")
            #expect(left == [ids[2], ids[4]])
        }
    }

    @Test("S3-54: three devices are signed in side by side") func threeDevicesAreSignedInSideBySide() async throws {
        try await withAuth { auth, _ in
            let made = try await auth.signUp("iron-temple")
            var tokens: [Tokens] = []
            for agent in ["Mozilla/5.0 (X11; Linux) Firefox/140.0", "curl/8.5.0", ""] {
                let login = try await auth.request(
                    "POST", "/v1/auth/login", headers: ["User-Agent": agent],
                    json: #"{"email":"iron-temple@example.com","password":"correct horse battery"}"#)
                tokens.append(try login.decoded())
            }
            for device in tokens {
                let next = try await auth.refresh(device)
                #expect(try await auth.call(GetMe(), token: next.accessToken).person.id == made.owner.id)
            }
            let devices = try await auth.call(ListLoginSessions(), token: tokens[0].accessToken).data.map(\.device)
            #expect(Set(devices).isSuperset(of: ["Firefox on Linux", "curl", "Unknown device"]) && devices.count == 4)
        }
    }

    @Test func loggingOutEndsTheSessionAndSaysSo() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let tokens = try await auth.login("iron-temple@example.com")
            let session = try await auth.call(GetMe(), token: tokens.accessToken).loginSessionID
            _ = try await auth.call(Logout(), token: tokens.accessToken)
            #expect(try await problem { try await auth.refresh(tokens) }?.status == 401)
            let ended = try await database.said(LoginSessionEnded.self)
            #expect(ended.map(\.loginSessionID) == [session] && ended[0].reason == .loggedOut && ended[0].personID == made.owner.id)
            // The other one goes on.
            _ = try await auth.refresh(made.tokens)
        }
    }

    @Test("S2-04, S3-42, S3-44, S4-02: people see and end their own sessions only") func peopleSeeAndEndTheirOwnSessionsOnly() async throws
    {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let login = try await auth.request(
                "POST", "/v1/auth/login",
                headers: ["User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0", "X-Forwarded-For": "203.0.113.9"],
                json: #"{"email":"iron-temple@example.com","password":"correct horse battery","remember_me":true}"#)
            let tokens: Tokens = try login.decoded()

            let sessions = try await auth.call(ListLoginSessions(), token: tokens.accessToken).data
            #expect(sessions.count == 2 && sessions.map(\.isCurrent) == [true, false])
            #expect(sessions[0].device == "Firefox on Linux" && sessions[0].address == "203.0.113.9")
            #expect(sessions[0].browser == "Firefox" && sessions[0].os == "Linux" && sessions[0].deviceType == .desktop)
            // Whoever is to be remembered is so for longer than the moment between the two.
            #expect(sessions[0].expiresAt.timeIntervalSince(sessions[1].expiresAt) > 3600)
            let page = try await auth.call(ListLoginSessions(limit: 1), token: tokens.accessToken)
            let rest = try await auth.call(
                ListLoginSessions(limit: 1, cursor: Cursor(rawValue: try #require(page.nextCursor))), token: tokens.accessToken)
            #expect((page.data + rest.data).map(\.id) == sessions.map(\.id) && rest.nextCursor == nil)

            let member = try await auth.addMember(
                "Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: made.tokens.accessToken)
            let mia = try await auth.login("mia@example.com")
            #expect(try await auth.call(GetMe(), token: mia.accessToken).person.id == member.id)
            #expect(
                try await problem { try await auth.call(EndLoginSession(loginSessionID: sessions[1].id), token: mia.accessToken) }?.status
                    == 404)

            _ = try await auth.call(EndLoginSession(loginSessionID: sessions[1].id), token: tokens.accessToken)
            #expect(
                try await problem { try await auth.call(EndLoginSession(loginSessionID: sessions[1].id), token: tokens.accessToken) }?
                    .status == 404)
            #expect(try await problem { try await auth.refresh(made.tokens) }?.status == 401)
            #expect(try await database.said(LoginSessionEnded.self).map(\.reason) == [.ended])
        }
    }

    @Test func everyOtherDeviceIsSignedOutAtOnce() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let other = try await auth.signUp("steel-temple")
            let tokens = try await auth.login("iron-temple@example.com")
            _ = try await auth.call(EndOtherLoginSessions(), token: tokens.accessToken)
            #expect(try await problem { try await auth.refresh(made.tokens) }?.status == 401)
            _ = try await auth.refresh(tokens)
            _ = try await auth.refresh(other.tokens)
            #expect(try await database.said(LoginSessionEnded.self).map(\.reason) == [.ended])
        }
    }

    @Test func staffSignOutAPersonAndNoAdministratorAnOwner() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let mia = try await auth.addMember(
                "Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: made.tokens.accessToken)
            let phone = try await auth.login("mia@example.com")
            let (organization, owner) = (made.organization.id, made.owner.id)
            let admin = try await auth.token(roles: [.admin], organization: organization)
            func end(_ person: PersonID, _ token: String) async throws -> Int? {
                try await problem { try await auth.call(EndLoginSessionsOfPerson(personID: person), token: token) }?.status
            }
            #expect(try await end(owner, phone.accessToken) == 403)
            #expect(try await end(owner, admin) == 403)
            #expect(try await end(PersonID(), admin) == 404)
            #expect(try await end(mia.id, try await auth.signUp("steel-temple").tokens.accessToken) == 404)
            #expect(try await end(mia.id, admin) == nil)
            #expect(try await problem { try await auth.refresh(phone) }?.status == 401)
            #expect(try await database.said(LoginSessionEnded.self).map(\.personID) == [mia.id])
        }
    }

    /// Erased since the token was made, or never there.
    @Test func whoHasNoKeyHasNoSessions() async throws {
        try await withAuth { auth, _ in
            let made = try await auth.signUp("iron-temple")
            let token = try await auth.token(organization: made.organization.id)
            #expect(try await auth.call(ListLoginSessions(), token: token).data.isEmpty)
        }
    }
}
