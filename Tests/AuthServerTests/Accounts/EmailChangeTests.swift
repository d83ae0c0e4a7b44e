import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct EmailChangeTests {
    private let old = "iron-temple@example.com"
    private let new = "olive@example.com"

    @Test func theAddressChangesWhenTheLinkInItsMailIsFollowed() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let token = made.tokens.accessToken
            #expect(try await problem { try await auth.changeEmail(to: new, "wrong", token: token) }?.isA(.invalidCredentials) == true)
            _ = try await auth.changeEmail(to: new, token: token)
            let mails = try await auth.mailed(database).suffix(2)
            #expect(mails.map(\.purpose) == [.changeEmail, .emailChanging] && mails.map(\.email) == [new, old])
            #expect(mails.last?.token == nil)
            #expect(abs(try #require(mails.first?.event.expiresAt).timeIntervalSinceNow - 86400) < 60)
            // Nothing has changed yet.
            #expect(try await auth.call(GetMe(), token: token).person.email?.rawValue == old)
            _ = try await auth.login(old)

            let link = try await auth.link(.changeEmail, database)
            _ = try await auth.confirmChange(link)
            let me = try await auth.call(GetMe(), token: token)
            #expect(me.person.email?.rawValue == new && me.emailVerified && me.person.version == 2)
            #expect(try await problem { try await auth.login(old) }?.status == 401)
            _ = try await auth.login(new)
            _ = try await auth.refresh(made.tokens)
            #expect(try await problem { try await auth.confirmChange(link) }?.isA(.invalidLink) == true)
        }
    }

    @Test func everyOrganizationThatKnewTheOldAddressKnowsTheNew() async throws {
        try await withAuth { auth, database in
            let iron = try await auth.signUp("iron-temple")
            try await auth.verify(database)
            var persons: [PersonID] = [iron.owner.id]
            var owners: [String] = []
            for slug in ["steel-temple", "stone-temple", "brass-temple"] {
                let owner = try await auth.signUp(slug).tokens.accessToken
                owners.append(owner)
                persons.append(try await auth.join(old, token: owner, database).person.id)
            }
            // One knows them by another address, and one has somebody else by the new one.
            _ = try await auth.call(
                UpdateMember(memberID: persons[2]), body: .init(email: EmailAddress(rawValue: "o@work.example")), token: owners[1])
            _ = try await auth.addMember("Another Olive", email: new, token: owners[2])
            let before = try await database.said(PersonSaved.self).count

            _ = try await auth.changeEmail(to: new, token: iron.tokens.accessToken)
            _ = try await auth.confirmChange(try await auth.link(.changeEmail, database))
            let emails = [
                try await auth.call(GetMe(), token: iron.tokens.accessToken).person.email,
                try await auth.call(GetMember(memberID: persons[1]), token: owners[0]).email,
                try await auth.call(GetMember(memberID: persons[2]), token: owners[1]).email,
                try await auth.call(GetMember(memberID: persons[3]), token: owners[2]).email,
            ]
            #expect(emails.map { $0?.rawValue } == [new, new, "o@work.example", old])
            let said = try await database.said(PersonSaved.self).dropFirst(before)
            #expect(Set(said.map(\.personID)) == Set(persons.prefix(2)))
        }
    }

    @Test("Row 28: whether a new address is in use is told to nobody but who reads its mail")
    func anAddressInUseIsAnsweredAlike() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            _ = try await auth.signUp("steel-temple", email: "steel@example.com")
            _ = try await auth.changeEmail(to: "steel@example.com", token: token)
            #expect(try await auth.mailed(database).suffix(2).map(\.email) == ["steel@example.com", old])
            let link = try await auth.link(.changeEmail, database)
            let refused = try await problem { try await auth.confirmChange(link) }
            #expect(refused?.isA(.emailTaken) == true && refused?.status == 409)
            _ = try await auth.login(old)
            _ = try await auth.login("steel@example.com")
        }
    }

    @Test func linksToTheOldAddressDie() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            try await auth.forgot(old)
            let (verify, reset) = (try await auth.link(.verifyEmail, database), try await auth.link(.resetPassword, database))
            _ = try await auth.changeEmail(to: new, token: token)
            _ = try await auth.confirmChange(try await auth.link(.changeEmail, database))
            #expect(try await problem { try await auth.reset(reset) }?.isA(.invalidLink) == true)
            let refused = try await problem { try await auth.call(ConfirmEmailVerification(), body: .init(token: verify)) }
            #expect(refused?.isA(.invalidLink) == true)
        }
    }

    @Test func fewMailsAreSentToAddressesOfSomebodysChoice() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            for number in 0..<3 { _ = try await auth.changeEmail(to: "olive-\(number)@example.com", token: token) }
            _ = try await auth.changeEmail(to: old, token: token)
            #expect(try await auth.mailed(database).filter { $0.purpose == .changeEmail }.map(\.email) == ["olive-0@example.com"])
        }
    }

    /// The password was right when it was checked, and is not any more when the link would be made.
    @Test func aChangeThatTheOldPasswordBeganComesToNothing() async throws {
        try await withAuth { auth, database in
            for round in 0..<8 {
                let tokens = try await auth.signUp("gym-\(round)").tokens
                let email = "gym-\(round)@example.com"
                try await auth.forgot(email)
                let reset = try await auth.link(.resetPassword, database)
                await withTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { _ = try? await auth.changeEmail(to: "thief-\(round)@example.com", token: tokens.accessToken) }
                    tasks.addTask {
                        try? await Task.sleep(for: .milliseconds(round))
                        _ = try? await auth.reset(reset)
                    }
                }
                _ = try await auth.login(email, "my own password")
                #expect(try await database.sql("select count(*) from auth.account_links where purpose = 'change_email'").hasPrefix("0"))
            }
        }
    }
}
