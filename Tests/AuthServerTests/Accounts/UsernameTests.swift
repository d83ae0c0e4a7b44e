import AuthContract
import ContractKit
import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

@Suite struct UsernameTests {
    private let password = EnteredPassword(rawValue: ServiceUnderTest.password.rawValue)!

    @Test("S3-01: a username and an address that somebody else has each give 409, and what somebody says of themselves is kept")
    func duplicatesAreRefusedAndTheProfileIsKept() async throws {
        try await withAuth { auth, database in
            let olive = try await auth.signUp("iron-temple").tokens.accessToken
            let sam = try await auth.signUp("steel-hall").tokens.accessToken
            try await auth.call(SetUsername(), body: .init(username: .olive), token: olive)
            let taken = try await problem { try await auth.call(SetUsername(), body: .init(username: .olive), token: sam) }
            #expect(taken?.isA(.usernameTaken) == true && taken?.status == 409)
            let again = try await problem { try await auth.signUp("copper-barn", email: "Iron-Temple@example.com") }
            #expect(again?.isA(.emailTaken) == true && again?.status == 409)

            let said = PutOwnProfile.Body(
                fullName: "Olive O. Owner", bio: "Lifts.", profilePhotoURL: WebAddress(rawValue: "https://example.com/olive.jpg"))
            let answer = try await auth.call(PutOwnProfile(), body: said, token: olive)
            let me = try await auth.call(GetMe(), token: olive)
            for me in [answer, me] {
                #expect(me.person.fullName == "Olive O. Owner" && me.bio == "Lifts." && me.username == .olive)
                #expect(me.profilePhotoURL?.rawValue == "https://example.com/olive.jpg")
                #expect(me.person.createdAt < me.person.updatedAt)
            }
            #expect(try await auth.call(GetAccount(), token: olive).username == .olive)
            // What is left out is gone, and the other one has said nothing.
            let less = try await auth.call(PutOwnProfile(), body: .init(fullName: "Olive"), token: olive)
            #expect(less.bio == nil && less.profilePhotoURL == nil && less.person.version == 3)
            #expect(try await auth.call(GetMe(), token: sam).username == nil)
            // A name that was given up is free.
            try await auth.call(RemoveUsername(), token: olive)
            try await auth.call(SetUsername(), body: .init(username: .olive), token: sam)
        }
    }

    @Test func aUsernameAndTheProfileAreSealed() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            try await auth.call(SetUsername(), body: .init(username: .olive), token: token)
            let said = PutOwnProfile.Body(fullName: "Olive", bio: "Lifts.", profilePhotoURL: WebAddress(rawValue: "https://olive.example"))
            _ = try await auth.call(PutOwnProfile(), body: said, token: token)
            let stored = try await database.sql(
                """
                select encode(username, 'escape'), encode(username_index, 'escape'), encode(bio, 'escape'), encode(photo_url, 'escape')
                from auth.accounts, auth.own_profiles
                """)
            for text in ["olive", "Lifts"] { #expect(!stored.contains(text)) }
            let logged = try await database.sql("select old_values::text, new_values::text from auth.audit_log")
            for text in ["olive_o", "Lifts", "olive.example"] { #expect(!logged.contains(text)) }
        }
    }

    @Test func somebodySignsInByEitherName() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            try await auth.call(SetUsername(), body: .init(username: .olive), token: made.tokens.accessToken)
            let tokens = try #require(try await auth.call(Login(), body: .init(username: .olive, password: password)).tokens)
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).person.id == made.owner.id)
            _ = try await auth.login("iron-temple@example.com")
            for body in [#"{"password":"x"}"#, #"{"email":"a@example.com","username":"olive_o","password":"x"}"#] {
                #expect(try await auth.request("POST", "/v1/auth/login", json: body).status == 422)
            }
            // The second factor is asked for by this way as well.
            let app = try await auth.enrol(made.tokens.accessToken, database)
            guard case .secondFactorDue(let due) = try await auth.call(Login(), body: .init(username: .olive, password: password)) else {
                Issue.record("no second factor was asked for")
                return
            }
            _ = try await auth.complete(due, app.code(1))
        }
    }

    /// Wrong passwords by one name must not tell, by what happens at the other, that both are one account's; and what somebody signs up as
    /// must not clear what is counted of another name.
    @Test func eachNameIsCountedByItself() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            try await auth.call(SetUsername(), body: .init(username: .olive), token: token)
            func guess(_ name: String) async throws -> Int {
                try await auth.request("POST", "/v1/auth/login", json: #"{\#(name),"password":"wrong"}"#).status
            }
            for name in [#""username":"olive_o""#, #""username":"nobody""#] {
                for _ in 0..<5 { #expect(try await guess(name) == 401) }
                #expect(try await guess(name) == 423)
            }
            #expect(try await guess(#""email":"iron-temple@example.com""#) == 401)
            #expect(SignInName.username(.olive).counted != SignInName.platform(.olive).counted)
            #expect(EmailAddress(rawValue: SignInName.platform(.olive).counted) == nil)
            #expect(EmailAddress(rawValue: SignInName.username(.olive).counted) == nil)
        }
    }
}

extension Username {
    fileprivate static let olive = Username(rawValue: "olive_o")!
}
