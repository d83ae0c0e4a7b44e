import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct InvitationTests {
    private func accept(_ auth: ServiceUnderTest, _ token: SecretText, _ password: String = "my own password") async throws -> Tokens {
        let body = AcceptInvitation.Body(token: token, password: Password(rawValue: password)!)
        return try #require(try await auth.call(AcceptInvitation(), body: body).tokens)
    }

    @Test func theInvitedSetAPasswordOnce() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let member = try await auth.addMember("Mia Member", email: "mia@example.com", token: owner)
            #expect(!member.hasAccount)
            let secret = try await auth.invitationToken(in: database)
            #expect(!(try await database.sql("select i::text from auth.invitations i")).contains(secret.rawValue))

            let tokens = try await accept(auth, secret)
            let me = try await auth.call(GetMe(), token: tokens.accessToken)
            #expect(me.person.id == member.id && me.person.hasAccount && me.person.version == 2)
            let again = try await problem { try await accept(auth, secret, "another password") }
            #expect(again?.isA(.invalidInvitation) == true && again?.status == 410)
            _ = try await auth.login("mia@example.com", "my own password")
            #expect(try await problem { try await auth.login("mia@example.com", "another password") }?.status == 401)
        }
    }

    @Test func ofManyAtOnceOneIsAccepted() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            _ = try await auth.addMember("Mia Member", email: "mia@example.com", token: owner)
            let secret = try await auth.invitationToken(in: database)
            let outcomes = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<6 { tasks.addTask { try await problem { try await accept(auth, secret) }?.status ?? 200 } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.sorted() == [200, 410, 410, 410, 410, 410])
        }
    }

    @Test func runOutReplacedAndWithdrawnOnesAreRefused() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let member = try await auth.addMember("Mia Member", email: "mai@example.com", token: owner)
            let mistyped = try await auth.invitationToken(in: database)
            _ = try await auth.call(
                UpdateMember(memberID: member.id), body: .init(email: EmailAddress(rawValue: "mia@example.com")), token: owner)
            let corrected = try await auth.invitationToken(in: database)
            #expect(try await problem { try await accept(auth, mistyped) }?.status == 410)
            #expect(try await database.said(InvitationCreated.self).map(\.version) == [1, 2])

            try await database.sql("update auth.invitations set expires_at = now() - interval '1 second'")
            #expect(try await problem { try await accept(auth, corrected) }?.status == 410)
            try await database.sql("update auth.invitations set expires_at = now() + interval '1 day'")
            _ = try await auth.call(DeleteMember(memberID: member.id), token: owner)
            #expect(try await problem { try await accept(auth, corrected) }?.status == 410)
            #expect(try await problem { try await accept(auth, SecretText(rawValue: "inv1.madeup")!) }?.status == 410)
        }
    }

    @Test func whoeverHasAnAccountJoinsWithItsPassword() async throws {
        try await withAuth { auth, database in
            let (iron, steel) = (
                try await auth.signUp("iron-temple").tokens.accessToken, try await auth.signUp("steel-temple").tokens.accessToken
            )
            _ = try await auth.addMember("Mia Member", email: "mia@example.com", token: iron)
            _ = try await accept(auth, try await auth.invitationToken(in: database))
            let member = try await auth.addMember("Mia Member", email: "mia@example.com", token: steel)
            let secret = try await auth.invitationToken(in: database)
            #expect(try await problem { try await accept(auth, secret, "not my password") }?.isA(.invalidCredentials) == true)
            let tokens = try await accept(auth, secret)
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).person.id == member.id)
            #expect(try await database.sql("select count(*) from auth.accounts").hasPrefix("3"))
        }
    }

    @Test func aPasswordThatSomebodyElseSetGivesWayToTheReaderOfTheMail() async throws {
        try await withAuth { auth, database in
            let (iron, steel) = (
                try await auth.signUp("iron-temple").tokens.accessToken, try await auth.signUp("steel-temple").tokens.accessToken
            )
            _ = try await auth.addMember("Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: iron)
            let old = try await auth.login("mia@example.com")
            _ = try await auth.addMember("Mia Member", email: "mia@example.com", token: steel)
            _ = try await accept(auth, try await auth.invitationToken(in: database))
            #expect(try await problem { try await auth.login("mia@example.com") }?.status == 401)
            #expect(try await problem { try await auth.refresh(old) }?.status == 401)
            #expect(try await database.said(LoginSessionEnded.self).map(\.reason) == [.passwordChanged])
            _ = try await auth.login("mia@example.com", "my own password", organization: "iron-temple")
        }
    }
}
