import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

/// Whose an identity of another provider becomes.
@Suite struct IdentityTests {
    @Test("S4-56, row 40: whoever names an account's address elsewhere has not got the account") func anAddressProvesNothing() async throws
    {
        try await withProviderAndAuth { auth, database, provider in
            _ = try await auth.signUp("iron-temple")
            try await auth.verify(database)
            for isVerified in [true, false] {
                let claims: [String: (any Sendable)?] = ["email": "iron-temple@example.com", "email_verified": isVerified]
                let refused = try await problem { try await auth.signIn(at: provider, as: "eve", claims: claims) }
                #expect(refused?.status == 409 && refused?.isA(.identityNotLinked) == true)
            }
            // The same of an address that nobody has: it tells nobody who has an account.
            let nobody = try await problem { try await auth.signIn(at: provider, as: "eve", claims: ["email": "nobody@example.com"]) }
            let somebody = try await problem {
                try await auth.signIn(at: provider, as: "eve", claims: ["email": "iron-temple@example.com"])
            }
            #expect(nobody != nil && nobody == somebody)
            #expect(try await database.sql("select count(*) from auth.identities").hasPrefix("0"))
        }
    }

    @Test("S4-56: an identity is linked by whoever is signed in, and by what they began themselves") func linkingTakesProof() async throws {
        try await withProviderAndAuth { auth, database, provider in
            let (iron, steel) = (
                try await auth.signUp("iron-temple").tokens.accessToken, try await auth.signUp("steel-temple").tokens.accessToken
            )
            #expect(try await problem { try await auth.beginAt(.init(link: true)) }?.status == 401)
            // Not with an address that may be somebody else's.
            #expect(try await problem { try await auth.link("ada", at: provider, token: iron) }?.isA(.emailNotVerified) == true)
            try await database.sql("update auth.accounts set email_verified_at = now()")

            // What somebody else began, and what was begun to sign in, links nothing.
            let theirs = try await auth.beginAt(.init(link: true), token: steel)
            let brought = try provider.authorize(theirs.authorizationURL, as: "eve")
            let body = auth.answer(brought.code, brought.state)
            #expect(try await problem { try await auth.call(LinkIdentity(), body: body, token: iron) }?.isA(.oidcFailed) == true)
            let toSignIn = try await auth.beginAt(token: iron)
            let other = try provider.authorize(toSignIn.authorizationURL, as: "eve")
            let otherBody = auth.answer(other.code, other.state)
            #expect(try await problem { try await auth.call(LinkIdentity(), body: otherBody, token: iron) }?.isA(.oidcFailed) == true)
            // And what was begun to link signs nobody in.
            let toLink = try await auth.beginAt(.init(link: true), token: iron)
            let linking = try provider.authorize(toLink.authorizationURL, as: "ada")
            #expect(try await problem { try await auth.finish(linking.code, linking.state) }?.isA(.oidcFailed) == true)
            _ = try await auth.call(LinkIdentity(), body: auth.answer(linking.code, linking.state), token: iron)
            let news = try #require(try await auth.mailed(database).last)
            #expect(news.purpose == .identityLinked && news.email == "iron-temple@example.com" && news.token == nil)

            // One identity, one account; one account, one of a provider.
            #expect(try await problem { try await auth.link("ada", at: provider, token: steel) }?.isA(.identityTaken) == true)
            #expect(try await problem { try await auth.link("bob", at: provider, token: iron) }?.isA(.identityTaken) == true)
            let mine = try #require(try await auth.call(ListIdentities(), token: iron).data.first)
            #expect(try await auth.call(ListIdentities(), token: steel).data.isEmpty)
            #expect(try await problem { try await auth.call(UnlinkIdentity(identityID: mine.id), token: steel) }?.status == 404)
        }
    }

    /// A program must not make itself a way in that outlives its key.
    @Test func aKeyLinksNothing() async throws {
        try await withProviderAndAuth { auth, database, provider in
            let owner = try await auth.linkedOwner("ada", at: provider, database)
            let key = try await auth.addKey(["auth:read", "auth:write", "auth:BeginProviderSignIn", "auth:LinkIdentity"], token: owner)
            let token = try await auth.keyToken(key).accessToken
            #expect(try await problem { try await auth.beginAt(.init(link: true), token: token) }?.isA(.unauthenticated) == true)
            let body = auth.answer("x", "y")
            #expect(try await problem { try await auth.call(LinkIdentity(), body: body, token: token) }?.isA(.insufficientScope) == true)
        }
    }

    @Test func theSecondFactorIsAskedForAllTheSame() async throws {
        try await withProviderAndAuth { auth, database, provider in
            let token = try await auth.linkedOwner("ada", at: provider, database)
            let app = try await auth.enrol(token, database)
            guard case .secondFactorDue(let due) = try await auth.signIn(at: provider, as: "ada") else { throw NoSecondFactor() }
            _ = try await auth.complete(due, app.code(1))
        }
    }

    @Test("S4-56: who has no account gets one by an invitation alone") func anInvitationMakesTheAccount() async throws {
        try await withProviderAndAuth { auth, database, provider in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let mia = try await auth.addMember("Mia Member", email: "mia@example.com", token: owner)
            let invitation = try await auth.invitationToken(in: database)
            #expect(try await problem { try await auth.signIn(at: provider, as: "mia") }?.isA(.identityNotLinked) == true)
            let bad = BeginProviderSignIn.Body(invitation: SecretText(rawValue: "inv1.x")!)
            #expect(try await problem { try await auth.signIn(at: provider, as: "mia", bad) }?.isA(.invalidInvitation) == true)

            let answer = try await auth.signIn(at: provider, as: "mia", .init(invitation: invitation))
            let token = try #require(answer.tokens).accessToken
            let me = try await auth.call(GetMe(), token: token)
            #expect(me.person.id == mia.id && me.emailVerified)
            // From then on without, and nobody knows a password.
            _ = try #require(try await auth.signIn(at: provider, as: "mia").tokens)
            #expect(try await problem { try await auth.begin("mia@example.com") }?.isA(.invalidCredentials) == true)
            // It was good once.
            let again = try await problem { try await auth.signIn(at: provider, as: "max", .init(invitation: invitation)) }
            #expect(again?.isA(.invalidInvitation) == true)
        }
    }

    /// Whoever holds the mail has the address; whose account it is, its password says.
    @Test func anInvitationDoesNotLinkToAnAccountThatIsThere() async throws {
        try await withProviderAndAuth { auth, database, provider in
            let (iron, steel) = (try await auth.signUp("iron-temple"), try await auth.signUp("steel-temple"))
            try await database.sql("update auth.accounts set email_verified_at = now()")
            _ = try await auth.addMember("Olive Owner", email: iron.owner.email!.rawValue, token: steel.tokens.accessToken)
            let invitation = try await auth.invitationToken(in: database)
            let refused = try await problem { try await auth.signIn(at: provider, as: "eve", .init(invitation: invitation)) }
            #expect(refused?.isA(.identityNotLinked) == true)
            #expect(try await database.sql("select count(*) from auth.identities").hasPrefix("0"))
            // It is still good for its password.
            let body = AcceptInvitation.Body(token: invitation, password: ServiceUnderTest.password)
            _ = try #require(try await auth.call(AcceptInvitation(), body: body).tokens)
        }
    }

    @Test func whoGetsTheirAccountBackIsRidOfWhatWasLinked() async throws {
        try await withProviderAndAuth { auth, database, provider in
            _ = try await auth.linkedOwner("eve", at: provider, database)
            try await auth.forgot("iron-temple@example.com")
            _ = try await auth.reset(try await auth.link(.resetPassword, database))
            #expect(try await problem { try await auth.signIn(at: provider, as: "eve") }?.isA(.identityNotLinked) == true)
        }
    }
}
