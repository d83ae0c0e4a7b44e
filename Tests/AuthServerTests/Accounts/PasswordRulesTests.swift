import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct PasswordRulesTests {
    private func refusal(_ text: String, knowing words: [String] = []) throws -> String? {
        do {
            try PasswordRules.check(try #require(Password(rawValue: text)), knowing: words, at: "#/password")
            return nil
        } catch let problem as Problem {
            #expect(problem.isA(.validation) && problem.errors?.map(\.pointer) == ["#/password"])
            return problem.errors?.first?.detail
        }
    }

    @Test(arguments: [
        "password", "password123", "PassWord123", "ｐassword123", "P@ssw0rd", "qwertyuiop", "iloveyou1", "12345678", "trustno1",
    ])
    func whatEverybodyTriesFirstIsRefused(text: String) throws {
        #expect(try refusal(text) == "is one of the passwords that are guessed first")
    }

    @Test func whatStrangersKnowIsRefused() throws {
        let words = PasswordRules.words(of: EmailAddress(rawValue: "Olive.Owner@example.com")!) + ["iron-temple"]
        for text in [
            "olive.owner@example.com", "OLIVE.OWNER@EXAMPLE.COM", "oliveowner", "Olive Owner", "iron-temple", "Iron Temple", "irontemple",
        ] {
            #expect(try refusal(text, knowing: words) == "must not be your email address or your organization's name", "\(text)")
        }
        #expect(try refusal("iron-temple of mine", knowing: words) == nil)
        #expect(try refusal("--------", knowing: words + ["-"]) == nil)
    }

    @Test(arguments: ["correct horse battery", "iron-temple-demo", "palestra-generated", String(repeating: "ы", count: 64), "a b c d e"])
    func othersAreTaken(text: String) throws { #expect(try refusal(text, knowing: ["iron-temple"]) == nil) }

    /// A word that is too short to be chosen, or that is not as it is compared, would refuse nothing.
    @Test func theListIsOfUse() {
        #expect(CommonPasswords.all.count >= 3000)
        for word in CommonPasswords.all {
            #expect(word.unicodeScalars.count >= 8 && word == word.precomposedStringWithCompatibilityMapping.lowercased(), "\(word)")
        }
    }

    @Test("Row 27: a password that is guessed first is refused wherever one is chosen")
    func refusedWhereverOneIsChosen() async throws {
        try await withAuth { auth, database in
            let weak = Password(rawValue: "password123")!
            func pointer(_ body: () async throws -> some Sendable) async throws -> String? {
                let refused = try await problem(body)
                #expect(refused?.isA(.validation) == true && refused?.errors?.count == 1)
                return refused?.errors?.first?.pointer
            }
            var signUp = auth.signUpBody("iron-temple")
            for text in ["password123", "iron-temple", "Iron Temple", "iron-temple@example.com"] {
                signUp.owner.password = Password(rawValue: text)!
                #expect(try await pointer { try await auth.call(CreateOrganization(), body: signUp) } == "#/owner/password", "\(text)")
            }
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            for text in ["password123", "mia.member", "iron temple"] {
                let password = Password(rawValue: text)!
                let member = try await pointer {
                    try await auth.addMember("Mia", email: "mia.member@example.com", password: password, token: owner)
                }
                #expect(member == "#/password")
                let trainer = CreateTrainer.Body(
                    fullName: "Tina", email: EmailAddress(rawValue: "mia.member@example.com")!, password: password)
                #expect(try await pointer { try await auth.call(CreateTrainer(), body: trainer, token: owner) } == "#/password")
            }
            _ = try await auth.addMember("Mia", email: "mia@example.com", token: owner)
            let invitation = try await auth.invitationToken(in: database)
            #expect(
                try await pointer { try await auth.call(AcceptInvitation(), body: .init(token: invitation, password: weak)) }
                    == "#/password")

            try await auth.forgot("iron-temple@example.com")
            let link = try await auth.link(.resetPassword, database)
            for text in ["password123", "iron temple"] {
                #expect(try await pointer { try await auth.reset(link, text) } == "#/password")
                let change = try await pointer {
                    try await auth.changePassword(ServiceUnderTest.password.rawValue, to: text, token: owner)
                }
                #expect(change == "#/password")
            }
            // The links were not used up by it.
            _ = try await auth.call(AcceptInvitation(), body: .init(token: invitation, password: ServiceUnderTest.password))
            _ = try await auth.reset(link)
        }
    }
}
