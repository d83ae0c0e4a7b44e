import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct TrainerTests {
    private func addTina(_ auth: ServiceUnderTest, token: String) async throws -> Trainer {
        try await auth.call(
            CreateTrainer(),
            body: .init(
                fullName: "Tina Trainer", email: EmailAddress(rawValue: "tina@example.com")!, specializations: ["Yoga"],
                licenseNumber: "ON-1234", password: ServiceUnderTest.password), token: token)
    }

    @Test("S0-38: what a trainer says of themselves is read back, by whom it concerns")
    func whatATrainerSaysIsReadBack() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let made = try await addTina(auth, token: owner)
            #expect(made.bio == nil && made.licenseNumber == "ON-1234" && made.isActive)
            let tina = try await auth.login("tina@example.com").accessToken
            let changed = try await auth.call(
                UpdateTrainer(trainerID: made.id),
                body: .init(specializations: ["Yoga", "Kettlebells"], bio: "Twenty years of it.\nAnd more.", businessName: "Tina Moves"),
                token: tina)
            #expect(changed.bio == "Twenty years of it.\nAnd more." && changed.version == 2 && changed.fullName == "Tina Trainer")
            #expect(try await auth.call(GetTrainer(trainerID: made.id), token: tina) == changed)

            _ = try await auth.addMember("Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: owner)
            let mia = try await auth.login("mia@example.com").accessToken
            let seen = try await auth.call(GetTrainer(trainerID: made.id), token: mia)
            #expect(seen.bio == changed.bio && seen.businessName == "Tina Moves" && seen.licenseNumber == nil && seen.email == nil)
            let stored = try await database.sql("select encode(t.bio, 'escape'), t::text from auth.trainer_profiles t")
            // Whole words, also as bytes are printed: four digits alone stand in many an id.
            for word in ["Twenty", "Moves", "ON-1234"] {
                let digits = word.utf8.map { String($0, radix: 16) }.joined()
                #expect(!stored.contains(word) && !stored.contains(digits), "\(word)")
            }

            let update = UpdateTrainer.Body(bio: "Mine")
            #expect(try await problem { try await auth.call(UpdateTrainer(trainerID: made.id), body: update, token: mia) }?.status == 403)
            let other = try await auth.call(
                CreateTrainer(), body: .init(fullName: "Tom", email: EmailAddress(rawValue: "tom@example.com")!), token: owner)
            #expect(try await problem { try await auth.call(UpdateTrainer(trainerID: other.id), body: update, token: tina) }?.status == 403)
            let elsewhere = try await auth.signUp("steel-temple").tokens.accessToken
            #expect(
                try await problem { try await auth.call(UpdateTrainer(trainerID: made.id), body: update, token: elsewhere) }?.status == 404)
        }
    }

    @Test("S1-20: trainers are found by what they do") func trainersAreFoundByWhatTheyDo() async throws {
        try await withAuth { auth, _ in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let tina = try await addTina(auth, token: owner)
            func found(_ specialization: Line) async throws -> [PersonID] {
                try await auth.call(ListTrainers(specialization: specialization), token: owner).data.map(\.id)
            }
            #expect(try await found("Yoga") == [tina.id])
            #expect(try await found("Yog").isEmpty)
            _ = try await auth.call(UpdateTrainer(trainerID: tina.id), body: .init(specializations: ["Spin, \"hot\""]), token: owner)
            #expect(try await found("Yoga").isEmpty)
            #expect(try await found("Spin, \"hot\"") == [tina.id])
        }
    }

    @Test("S0-41, S3-04: whoever is made inactive is out at once, and stays out until they are active again")
    func whoeverIsMadeInactiveIsOut() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let owner = made.tokens.accessToken
            let trainer = try await addTina(auth, token: owner)
            let tina = try await auth.login("tina@example.com")
            let member = try await auth.addMember(
                "Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: owner)
            let mia = try await auth.login("mia@example.com")
            // Not for themselves to say.
            #expect(
                try await problem {
                    try await auth.call(UpdateMember(memberID: member.id), body: .init(isActive: false), token: mia.accessToken)
                }?.status == 403)

            let out = try await auth.call(UpdateMember(memberID: member.id), body: .init(isActive: false), token: owner)
            #expect(!out.isActive && out.version == 2)
            #expect(try await !auth.call(UpdateTrainer(trainerID: trainer.id), body: .init(isActive: false), token: owner).isActive)
            for (tokens, email) in [(tina, "tina@example.com"), (mia, "mia@example.com")] {
                #expect(try await problem { try await auth.login(email) }?.isA(.invalidCredentials) == true)
                #expect(try await problem { try await auth.refresh(tokens) }?.status == 401)
            }
            #expect(Set(try await database.said(LoginSessionEnded.self).map(\.personID)) == [member.id, trainer.id])
            let said = try await database.said(PersonSaved.self).filter { $0.personID == member.id }
            #expect(said.map(\.isActive) == [true, false])

            #expect(try await auth.call(UpdateMember(memberID: member.id), body: .init(isActive: true), token: owner).isActive)
            _ = try await auth.login("mia@example.com")
        }
    }

    @Test func anInactivePersonDoesNotComeInByAnInvitationEither() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple").tokens.accessToken
            let member = try await auth.addMember("Mia Member", email: "mia@example.com", token: owner)
            let body = AcceptInvitation.Body(token: try await auth.invitationToken(in: database), password: ServiceUnderTest.password)
            _ = try await auth.call(UpdateMember(memberID: member.id), body: .init(isActive: false), token: owner)
            #expect(try await problem { try await auth.call(AcceptInvitation(), body: body) }?.isA(.invalidInvitation) == true)
        }
    }

    @Test func aRemovedTrainerIsGoneAndAnOwnerStays() async throws {
        try await withAuth { auth, _ in
            let made = try await auth.signUp("iron-temple", kind: .solo)
            let owner = made.tokens.accessToken
            let trainer = try await addTina(auth, token: owner)
            let tina = try await auth.login("tina@example.com")
            _ = try await auth.call(DeleteTrainer(trainerID: trainer.id), token: owner)
            #expect(try await problem { try await auth.call(GetTrainer(trainerID: trainer.id), token: owner) }?.status == 404)
            #expect(try await problem { try await auth.refresh(tina) }?.status == 401)
            let delete = DeleteTrainer(trainerID: made.owner.id)
            #expect(try await problem { try await auth.call(delete, token: owner) }?.isA(.hasOtherRoles) == true)
            let inactive = UpdateTrainer.Body(isActive: false)
            #expect(
                try await problem { try await auth.call(UpdateTrainer(trainerID: made.owner.id), body: inactive, token: owner) }?
                    .isA(.hasOtherRoles) == true)
        }
    }
}
