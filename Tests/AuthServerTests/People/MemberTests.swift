import AuthContract
import ContractKit
import Foundation
import Postgres
import TestSupport
import Testing

@testable import AuthServer

@Suite struct MemberTests {
    @Test("S4-53: a member with a password signs in at once and reaches themselves only")
    func aMemberWithAPasswordSignsInAtOnce() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let made = try await auth.addMember(
                "Mia Member", email: "mia@example.com", phone: "+1 (416) 555-0100", password: ServiceUnderTest.password, token: owner)
            #expect(made.roles == [.member] && made.hasAccount && made.phone?.rawValue == "+14165550100")
            #expect(try await database.said(InvitationCreated.self).isEmpty)

            let mia = try await auth.login("mia@example.com").accessToken
            #expect(try await auth.call(GetMember(memberID: made.id), token: mia) == made)
            #expect(try await problem { try await auth.call(ListMembers(), token: mia) }?.status == 403)
            #expect(try await problem { try await auth.addMember("X", token: mia) }?.status == 403)
            let bob = try await auth.addMember("Bob", token: owner)
            #expect(try await problem { try await auth.call(GetMember(memberID: bob.id), token: mia) }?.status == 404)
            #expect(
                try await problem { try await auth.call(UpdateMember(memberID: bob.id), body: .init(fullName: "Robert"), token: mia) }?
                    .status == 404)
            #expect(try await problem { try await auth.call(DeleteMember(memberID: made.id), token: mia) }?.status == 403)
            #expect(try await auth.call(UpdateMember(memberID: made.id), body: .init(fullName: "Mia M."), token: mia).fullName == "Mia M.")
        }
    }

    @Test("S0-12: changes count up, and conflicts are noticed") func changesCountUpAndConflictsAreNoticed() async throws {
        try await withAuth { auth, database in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            let made = try await auth.addMember("Mia Member", token: token)
            let path = "/v1/members/\(made.id)"
            let tag = try #require(try await auth.request("GET", path, token: token).headers["etag"])
            #expect(try await auth.request("GET", path, token: token, headers: ["If-None-Match": tag]).status == 304)

            let renamed = try await auth.call(
                UpdateMember(memberID: made.id), body: .init(fullName: "Mia Muster", phone: PhoneNumber(rawValue: "4165550100")),
                token: token, ifMatch: tag)
            #expect(renamed.version == 2 && renamed.fullName == "Mia Muster")
            #expect(renamed.updatedAt > made.updatedAt && renamed.createdAt == made.createdAt)
            #expect(
                try await problem {
                    try await auth.call(UpdateMember(memberID: made.id), body: .init(fullName: "Mia Late"), token: token, ifMatch: tag)
                }?.status == 412)
            #expect(try await problem { try await auth.call(DeleteMember(memberID: made.id), token: token, ifMatch: tag) }?.status == 412)
            // What changes nothing is no new version.
            #expect(try await auth.call(UpdateMember(memberID: made.id), body: .init(fullName: "Mia Muster"), token: token) == renamed)
            #expect(try await auth.call(GetMember(memberID: made.id), token: token) == renamed)
            let said = try await database.said(PersonSaved.self).filter { $0.personID == made.id }
            #expect(said.map(\.version) == [1, 2])
            #expect(try await auth.call(ListMembers(query: "muster"), token: token).data == [renamed])
            #expect(try await auth.call(ListMembers(query: "member"), token: token).data.isEmpty)
        }
    }

    @Test("S1-04: a removed member is gone and signed out, and the row is kept") func aRemovedMemberIsGoneAndSignedOut() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple", kind: .solo)
            let owner = made.tokens.accessToken
            let member = try await auth.addMember("Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: owner)
            let mia = try await auth.login("mia@example.com")
            _ = try await auth.call(DeleteMember(memberID: member.id), token: owner)

            #expect(try await problem { try await auth.call(GetMember(memberID: member.id), token: owner) }?.status == 404)
            #expect(try await problem { try await auth.call(DeleteMember(memberID: member.id), token: owner) }?.status == 404)
            let row = try await database.sql("select deleted_at > created_at from auth.people where person_id = '\(member.id)'")
            #expect(row.hasPrefix("t"))
            #expect(try await auth.call(ListMembers(), token: owner).data.isEmpty)
            #expect(try await auth.call(ListMembers(query: "mia@example.com"), token: owner).data.isEmpty)
            #expect(try await problem { try await auth.login("mia@example.com") }?.status == 401)
            #expect(try await problem { try await auth.refresh(mia) }?.status == 401)
            #expect(try await database.said(LoginSessionEnded.self).map(\.reason) == [.personRemoved])
            let last = try #require(try await database.said(PersonSaved.self).last)
            #expect(last.personID == member.id && !last.isActive && last.version == 2)
            // The address is free again, and the account is still its owner's: it can only be invited.
            #expect(
                try await problem {
                    try await auth.addMember("Mia", email: "mia@example.com", password: ServiceUnderTest.password, token: owner)
                }?.isA(.emailTaken) == true)
            _ = try await auth.addMember("Mia", email: "mia@example.com", token: owner)
            // Owners are not members.
            #expect(try await problem { try await auth.call(DeleteMember(memberID: made.owner.id), token: owner) }?.status == 404)
        }
    }

    @Test func namesAndAddressesAreFoundAlthoughTheyAreSealed() async throws {
        try await withAuth { auth, _ in
            let token = try await auth.signUp("iron-temple").tokens.accessToken
            let ada = try await auth.addMember("Ada Lovelace", email: "ada@example.com", token: token)
            let jose = try await auth.addMember("José Ádám", email: "jose@example.com", token: token)
            let others = try await (0..<5).asyncMap { try await auth.addMember(Line(rawValue: "Person \($0)")!, token: token) }
            func found(_ query: String) async throws -> [PersonID] {
                try await auth.call(ListMembers(query: SearchText(rawValue: query)!), token: token).data.map(\.id)
            }
            #expect(try await found("love") == [ada.id])
            #expect(try await found("LOVELACE ada") == [ada.id])
            #expect(try await found("ADA@example.com") == [ada.id])
            #expect(try await found("ad") == [jose.id, ada.id])
            #expect(try await found("jose adam") == [jose.id])
            #expect(try await found("example.com").isEmpty)
            #expect(try await found("!?").isEmpty)

            var seen: [PersonID] = []
            var cursor: Cursor?
            repeat {
                let page = try await auth.call(ListMembers(limit: 3, cursor: cursor), token: token)
                seen += page.data.map(\.id)
                cursor = page.nextCursor.flatMap { Cursor(rawValue: $0) }
            } while cursor != nil
            #expect(seen == ([ada, jose] + others).map(\.id).reversed())
        }
    }

    @Test func organizationsDoNotSeeEachOther() async throws {
        try await withAuth { auth, database in
            let (iron, steel) = (
                try await auth.signUp("iron-temple").tokens.accessToken, try await auth.signUp("steel-temple").tokens.accessToken
            )
            let here = try await auth.addMember("Mia Member", email: "mia@example.com", token: iron)
            let there = try await auth.addMember("Mia Member", email: "mia@example.com", token: steel)
            #expect(try await problem { try await auth.addMember("Mia", email: "MIA@example.com", token: iron) }?.isA(.emailTaken) == true)

            for token in [iron, steel] {
                let (own, foreign) = token == iron ? (here, there) : (there, here)
                #expect(try await auth.call(ListMembers(query: "mia"), token: token).data == [own])
                #expect(try await problem { try await auth.call(GetMember(memberID: foreign.id), token: token) }?.status == 404)
                #expect(
                    try await problem { try await auth.call(UpdateMember(memberID: foreign.id), body: .init(fullName: "X"), token: token) }?
                        .status == 404)
                #expect(try await problem { try await auth.call(DeleteMember(memberID: foreign.id), token: token) }?.status == 404)
            }
            // One address in two organizations: nothing in the tables says that it is one.
            #expect(try await database.sql("select count(distinct email_index) from auth.people where email is not null").hasPrefix("4"))
            // And without an organization nothing is there at all.
            let service = database.open()
            for table: SQL in ["people", "person_keys", "login_sessions", "organizations", "locations", "person_name_grams"] {
                #expect(try await service.transaction { tx in try await tx.one("select count(*) from \(table)", as: Int.self) } == 0)
            }
        }
    }

    @Test func trainersAreSeenByAllAndReachedByFew() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let trainer = try await auth.call(
                CreateTrainer(),
                body: .init(
                    fullName: "Tom Trainer", email: EmailAddress(rawValue: "tom@example.com")!,
                    specializations: ["Kettlebells", "Yoga, \"hot\""], password: ServiceUnderTest.password),
                token: owner)
            #expect(trainer.specializations == ["Kettlebells", "Yoga, \"hot\""] && trainer.roles == [.trainer])
            _ = try await auth.addMember("Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: owner)
            let (mia, tom) = (try await auth.login("mia@example.com").accessToken, try await auth.login("tom@example.com").accessToken)

            #expect(try await auth.call(ListTrainers(), token: owner).data == [trainer])
            #expect(try await auth.call(GetTrainer(trainerID: trainer.id), token: tom) == trainer)
            let seen = try await auth.call(GetTrainer(trainerID: trainer.id), token: mia)
            #expect(seen.fullName == "Tom Trainer" && seen.email == nil)
            #expect(try await auth.call(ListMembers(), token: tom).data.isEmpty)
            #expect(try await problem { try await auth.call(GetMember(memberID: trainer.id), token: owner) }?.status == 404)
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
