import AuthContract
import BillingContract
import ContractKit
import Foundation
import Logging
import NotificationsContract
import SchedulingContract
import ServiceKit
import TestSupport
import Testing
import WorkoutsContract

@testable import AuthServer

/// Who may have whom erased, and what auth does about it. The other services' parts are in EndToEndTests.
@Suite struct ErasureTests {
    private func parts(_ auth: ServiceUnderTest) throws -> AuthParts {
        let context = ServiceContext(
            settings: Settings(auth.keys.settings), database: auth.database, keys: try auth.keys.ring(), logger: Logger(label: "erasure"))
        return try AuthParts(context)
    }

    /// What the consumer of auth would do about a request.
    private func carryOut(_ request: ErasureRequest, in organization: OrganizationID, _ auth: ServiceUnderTest) async throws {
        let event = ErasureRequested(organizationID: organization, erasureRequestID: request.id, personID: request.personID)
        try await auth.hear(OnErasureRequested(parts: try parts(auth)), event)
    }

    private func answer<S: ServiceContract>(
        _ service: S.Type, _ request: ErasureRequest, in organization: OrganizationID, _ auth: ServiceUnderTest
    ) async throws {
        let deeds = [ErasureDeed(table: "people", outcome: .deleted, rows: 1)]
        try await auth.hear(
            OnPersonErased<S>(requests: ErasureRequestStore()),
            PersonErased<S>(organizationID: organization, erasureRequestID: request.id, personID: request.personID, deeds: deeds))
    }

    @Test func ownersAndThePersonMayAskForIt() async throws {
        try await withAuth { auth, _ in
            let made = try await auth.signUp("iron-temple")
            let owner = made.tokens.accessToken
            let mia = try await auth.addMember("Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: owner)
            let max = try await auth.addMember("Max Member", email: "max@example.com", password: ServiceUnderTest.password, token: owner)
            let token = try await auth.login("mia@example.com").accessToken
            #expect(try await problem { try await auth.call(ErasePerson(personID: max.id), token: token) }?.status == 404)
            #expect(try await problem { try await auth.call(ErasePerson(personID: PersonID()), token: owner) }?.status == 404)
            let me = try await auth.call(GetMe(), token: owner).person.id
            #expect(try await problem { try await auth.call(ErasePerson(personID: me), token: owner) }?.isA(.ownsOrganization) == true)
            #expect(try await problem { try await auth.call(EraseAccount(), token: owner) }?.isA(.ownsOrganization) == true)

            let own = try await auth.call(ErasePerson(personID: mia.id), token: token)
            #expect(own.requestedBy == nil && own.finishedAt == nil && own.services.map(\.service) == ErasingService.allCases)
            #expect(own.services.allSatisfy { $0.erasedAt == nil })
            // At once: what follows is only what is left of them.
            #expect(try await problem { try await auth.login("mia@example.com") }?.status == 401)
            #expect(try await problem { try await auth.call(GetMember(memberID: mia.id), token: owner) }?.status == 404)
            // Asked for twice, it is one.
            #expect(try await auth.call(ErasePerson(personID: mia.id), token: owner).id == own.id)
            // Also whoever was removed before.
            _ = try await auth.call(DeleteMember(memberID: max.id), token: owner)
            let removed = try await auth.call(ErasePerson(personID: max.id), token: owner)
            #expect(removed.requestedBy == me)
            #expect(try await auth.call(ListErasureRequests(), token: owner).data.map(\.id) == [removed.id, own.id])
        }
    }

    @Test func aRequestEndsWithItsLastAnswer() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let (owner, organization) = (made.tokens.accessToken, made.organization.id)
            let mia = try await auth.addMember("Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: owner)
            let request = try await auth.call(ErasePerson(personID: mia.id), token: owner)
            #expect(try await database.said(ErasureRequested.self).map(\.personID) == [mia.id])
            try await answer(SchedulingContract.self, request, in: organization, auth)
            try await answer(SchedulingContract.self, request, in: organization, auth)
            try await answer(WorkoutsContract.self, request, in: organization, auth)
            try await answer(BillingContract.self, request, in: organization, auth)
            try await carryOut(request, in: organization, auth)
            let open = try await auth.call(GetErasureRequest(erasureRequestID: request.id), token: owner)
            #expect(open.finishedAt == nil && open.services.filter { $0.erasedAt == nil }.map(\.service) == [.notifications])
            #expect(open.services.first { $0.service == .scheduling }?.deeds.map(\.rows) == [1])
            try await answer(NotificationsContract.self, request, in: organization, auth)
            let done = try await auth.call(GetErasureRequest(erasureRequestID: request.id), token: owner)
            #expect(done.finishedAt != nil)
            #expect(try await database.sql("select count(*) from auth.person_keys where person_id = '\(mia.id)'") == "0")
            #expect(try await database.sql("select count(*) from auth.erased_people where person_id = '\(mia.id)'") == "1")
        }
    }

    /// One human in two organizations: the first erasure leaves the other alone, the last one takes the account along.
    @Test func theAccountGoesWithTheLastOfItsPeople() async throws {
        try await withAuth { auth, database in
            let (first, second) = (try await auth.signUp("iron-temple"), try await auth.signUp("steel-works"))
            let mia = try await auth.addMember(
                "Mia Member", email: "mia@example.com", password: ServiceUnderTest.password, token: first.tokens.accessToken)
            let other = try await auth.addMember("Mia Elsewhere", email: "mia@example.com", token: second.tokens.accessToken)
            let invitation = try await auth.invitationToken(in: database)
            _ = try await auth.call(
                AcceptInvitation(), body: .init(token: invitation, password: Password(rawValue: ServiceUnderTest.password.rawValue)!))
            let account = try await database.sql(
                "select distinct account_id from auth.people where person_id in ('\(mia.id)', '\(other.id)')")
            let accounts = "select count(*) from auth.accounts where account_id = '\(account)'"
            #expect(try await database.sql(accounts) == "1")

            let here = try await auth.call(ErasePerson(personID: mia.id), token: first.tokens.accessToken)
            try await carryOut(here, in: first.organization.id, auth)
            #expect(try await database.sql(accounts) == "1")
            let token = try await auth.login("mia@example.com").accessToken
            #expect(try await auth.call(GetMe(), token: token).person.id == other.id)

            let everywhere = try await auth.call(EraseAccount(), token: token)
            #expect(everywhere.data.map(\.personID) == [other.id])
            try await carryOut(try #require(everywhere.data.first), in: second.organization.id, auth)
            #expect(try await database.sql(accounts) == "0")
            #expect(try await problem { try await auth.login("mia@example.com") }?.status == 401)
            // Whoever comes anew with that address is somebody else.
            _ = try await auth.addMember(
                "Mia Again", email: "mia@example.com", password: ServiceUnderTest.password, token: first.tokens.accessToken)
            _ = try await auth.login("mia@example.com")
        }
    }

    /// What somebody did for others stays with those.
    @Test func whatAnAdminDidForOthersStays() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            let (owner, organization) = (made.tokens.accessToken, made.organization.id)
            let mia = try await auth.addMember("Mia Member", token: owner)
            let (tina, theo) = (try await trainer("Tina", owner, auth), try await trainer("Theo", owner, auth))
            _ = try await auth.call(SetPrimaryTrainer(memberID: mia.id), body: .init(trainerID: tina.id), token: owner)
            let lead = try await auth.login("tina@example.com").accessToken
            let grant = try await auth.call(GrantMember(memberID: mia.id), body: .init(trainerID: theo.id), token: lead)
            let request = try await auth.call(ErasePerson(personID: tina.id), token: owner)
            try await carryOut(request, in: organization, auth)
            let kept = try await auth.call(ListMemberGrants(memberID: mia.id), token: owner).data
            #expect(kept.map(\.id) == [grant.id] && kept.first?.grantedBy == nil)
            #expect(try await auth.call(GetMember(memberID: mia.id), token: owner).id == mia.id)
            #expect(try await database.sql("select count(*) from auth.people where person_id = '\(tina.id)'") == "0")
        }
    }

    private func trainer(_ name: String, _ owner: String, _ auth: ServiceUnderTest) async throws -> Trainer {
        try await auth.call(
            CreateTrainer(),
            body: .init(
                fullName: Line(rawValue: name)!, email: EmailAddress(rawValue: "\(name.lowercased())@example.com")!,
                password: ServiceUnderTest.password),
            token: owner)
    }
}
