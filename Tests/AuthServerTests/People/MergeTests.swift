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

/// Who may have whom merged, and what auth does about it. The other services' parts are in their own tests, all of it in EndToEndTests.
@Suite struct MergeTests {
    private static let phone = "+14165550100"

    /// Somebody who was typed in at the desk, and signed up as well.
    private struct Twins {
        var kept: Person
        var duplicate: Person
        var token: String
    }

    private func twins(_ gym: Staff) async throws -> Twins {
        let kept = try await gym.auth.addMember("Ada Lovelace", phone: Self.phone, token: gym.owner)
        let duplicate = try await gym.auth.addMember(
            "Ada Byron", email: "ada@example.com", phone: "+14165550199", password: ServiceUnderTest.password, token: gym.owner)
        let token = try await gym.auth.login("ada@example.com").accessToken
        _ = try await gym.auth.call(
            PutMemberProfile(memberID: duplicate.id),
            body: .init(
                trainingPhase: "Base", motivation: "Fun", dateOfBirth: LocalDay(rawValue: "1990-02-03"), source: .online,
                metadata: FreeForm(rawValue: ["locker": 17])), token: token)
        _ = try await gym.auth.call(
            PutMemberHealth(memberID: duplicate.id),
            body: .init(specialSituation: "Knee", medicalInfo: MedicalInfo(allergies: ["Nuts"]), goals: "Run"), token: token)
        _ = try await gym.auth.call(PutOwnProfile(), body: .init(fullName: "Ada Byron", bio: "Counts."), token: token)
        return Twins(kept: kept, duplicate: duplicate, token: token)
    }

    private func merge(_ duplicate: PersonID, into kept: PersonID, _ gym: Staff, by token: String? = nil) async throws -> MergePeople.Output
    {
        try await gym.auth.call(MergePeople(personID: kept), body: .init(duplicateID: duplicate), token: token ?? gym.owner)
    }

    private func refusal(
        _ duplicate: PersonID, into kept: PersonID, _ gym: Staff, by token: String? = nil, dryRun: Bool = false
    ) async throws -> Problem? {
        try await problem {
            try await gym.auth.call(
                MergePeople(personID: kept), body: .init(duplicateID: duplicate, dryRun: dryRun), token: token ?? gym.owner)
        }
    }

    @Test func aDryRunSaysWhatWouldHappenAndChangesNothing() async throws {
        try await withStaff { gym, database in
            let twins = try await twins(gym)
            func dump() async throws -> String {
                try await database.sql(
                    """
                    select p::text from auth.people p union all select m::text from auth.member_profiles m
                    union all select m::text from auth.merged_people m union all select m::text from auth.person_merges m
                    union all select seq::text from auth.outbox order by 1
                    """)
            }
            let before = try await dump()
            let answer = try await gym.auth.call(
                MergePeople(personID: twins.kept.id), body: .init(duplicateID: twins.duplicate.id, dryRun: true), token: gym.owner)
            #expect(answer.merge == nil && answer.plan.movesAccount && answer.plan.roles == [.member])
            let expected: Set<MergeField> = [.email, .bio, .trainingPhase, .motivation, .dateOfBirth, .source, .metadata, .health]
            #expect(Set(answer.plan.filled) == expected && Set(answer.plan.conflicts) == [.fullName, .phone])
            #expect(try await dump() == before)
            #expect(try await gym.auth.call(GetMe(), token: twins.token).person.id == twins.duplicate.id)
        }
    }

    @Test func theKeptPersonHasWhatBothHad() async throws {
        try await withStaff { gym, database in
            let twins = try await twins(gym)
            let (auth, kept, duplicate) = (gym.auth, twins.kept.id, twins.duplicate.id)
            let answer = try await merge(duplicate, into: kept, gym)
            let merge = try #require(answer.merge)
            #expect(merge.keptID == kept && merge.duplicateID == duplicate && merge.finishedAt == nil)
            #expect(merge.services.filter { $0.mergedAt != nil }.map(\.service) == [.auth])
            #expect(try await database.said(PersonMerged.self).map(\.mergeID) == [merge.id])
            let said = try await database.said(PersonSaved.self).suffix(2)
            #expect(said.map(\.personID) == [duplicate, kept] && said.map(\.isActive) == [false, true])

            // Signed out as the one, and in as the other.
            #expect(try await problem { try await auth.call(GetMe(), token: twins.token) } != nil)
            let token = try await auth.login("ada@example.com").accessToken
            let me = try await auth.call(GetMe(), token: token)
            #expect(me.person.id == kept && me.bio == "Counts." && me.person.hasAccount)
            #expect(me.person.fullName == "Ada Lovelace" && me.person.email?.rawValue == "ada@example.com")
            #expect(me.person.phone?.rawValue == Self.phone)
            let profile = try await auth.call(GetMemberProfile(memberID: kept), token: gym.owner)
            #expect(profile.trainingPhase == "Base" && profile.motivation == "Fun" && profile.source == .online)
            #expect(profile.dateOfBirth?.rawValue == "1990-02-03" && profile.metadata == FreeForm(rawValue: ["locker": 17]))
            let health = try await auth.call(GetMemberHealth(memberID: kept), token: token)
            #expect(health.specialSituation == "Knee" && health.medicalInfo.allergies == ["Nuts"] && health.goals == "Run")

            // The duplicate is gone, as others who were removed, and named as them.
            #expect(try await problem { try await auth.call(GetMember(memberID: duplicate), token: gym.owner) }?.status == 404)
            #expect(try await auth.call(ListMembers(), token: gym.owner).data.map(\.id) == [kept])
            let former = try await auth.call(GetPerson(personID: duplicate), token: gym.owner)
            #expect(former.isRemoved && former.mergedInto == kept)
            #expect(try await auth.call(GetPerson(personID: kept), token: gym.owner).mergedInto == nil)
            #expect(try await problem { try await auth.call(ErasePerson(personID: duplicate), token: gym.owner) }?.status == 404)

            // Asked for twice, it is one.
            #expect(try await self.merge(duplicate, into: kept, gym) == answer)
            #expect(try await auth.call(ListPersonMerges(), token: gym.owner).data == [merge])
            #expect(try await auth.call(GetPersonMerge(mergeID: merge.id), token: gym.owner) == merge)
        }
    }

    @Test func itEndsWithTheLastAnswer() async throws {
        try await withStaff { gym, _ in
            let twins = try await twins(gym)
            let made = try #require(try await merge(twins.duplicate.id, into: twins.kept.id, gym).merge)
            let deeds = [MergeDeed(table: "bookings", outcome: .moved, rows: 3)]
            func answer<S: ServiceContract>(_ service: S.Type) async throws {
                try await gym.auth.hear(
                    OnPersonMergeDone<S>(merges: PersonMergeStore()),
                    PersonMergeDone<S>(
                        organizationID: gym.organization, mergeID: made.id, keptID: made.keptID, duplicateID: made.duplicateID, deeds: deeds
                    ))
            }
            try await answer(SchedulingContract.self)
            try await answer(SchedulingContract.self)
            try await answer(WorkoutsContract.self)
            try await answer(BillingContract.self)
            let open = try await gym.auth.call(GetPersonMerge(mergeID: made.id), token: gym.owner)
            #expect(open.finishedAt == nil && open.services.filter { $0.mergedAt == nil }.map(\.service) == [.notifications])
            try await answer(NotificationsContract.self)
            let done = try await gym.auth.call(GetPersonMerge(mergeID: made.id), token: gym.owner)
            #expect(done.finishedAt != nil && done.services.first { $0.service == .scheduling }?.deeds == deeds)
        }
    }

    @Test func whoMayBeMergedAndByWhom() async throws {
        try await withStaff { gym, _ in
            let twins = try await twins(gym)
            let (auth, kept, duplicate) = (gym.auth, twins.kept.id, twins.duplicate.id)
            let max = try await auth.addMember("Max", email: "max@example.com", password: ServiceUnderTest.password, token: gym.owner)
            let owner = try await auth.call(GetMe(), token: gym.owner).person.id
            let tina = try await gym.trainer("Tina")
            let andy = try await gym.trainer("Andy")
            _ = try await auth.call(AddRole(personID: andy.id, role: .admin), token: gym.owner)
            let admin = try await auth.login("andy@example.com").accessToken
            let elsewhere = try await Staff(auth, slug: "steel-temple")
            let stranger = try await elsewhere.member("Stranger")
            for dryRun in [true, false] {
                #expect(try await refusal(kept, into: kept, gym, dryRun: dryRun)?.isA(.samePerson) == true)
                #expect(try await refusal(duplicate, into: max.id, gym, dryRun: dryRun)?.isA(.bothSignIn) == true)
                #expect(try await refusal(owner, into: kept, gym, dryRun: dryRun)?.isA(.ownerInMerge) == true)
                #expect(try await refusal(kept, into: owner, gym, dryRun: dryRun)?.isA(.ownerInMerge) == true)
                #expect(try await refusal(stranger.id, into: kept, gym, dryRun: dryRun)?.status == 404)
                #expect(try await refusal(kept, into: stranger.id, gym, dryRun: dryRun)?.status == 404)
                #expect(try await refusal(PersonID(), into: kept, gym, dryRun: dryRun)?.status == 404)
                #expect(try await refusal(andy.id, into: kept, gym, by: admin, dryRun: dryRun)?.isA(.forbidden) == true)
                for token in [twins.token, tina.token] {
                    #expect(try await refusal(duplicate, into: kept, gym, by: token, dryRun: dryRun)?.status == 403)
                }
            }
            // Whoever was removed is nobody to merge.
            let gone = try await auth.addMember("Gone", token: gym.owner)
            _ = try await auth.call(DeleteMember(memberID: gone.id), token: gym.owner)
            #expect(try await refusal(gone.id, into: kept, gym)?.status == 404)
            #expect(try await refusal(kept, into: gone.id, gym)?.status == 404)
            #expect(try await merge(duplicate, into: kept, gym, by: admin).plan.movesAccount)
            #expect(try await refusal(duplicate, into: max.id, gym)?.status == 404)
        }
    }

    @Test func whatATrainerIsToOthersIsTheKeptPersons() async throws {
        try await withPapers { papers in
            let (gym, auth, database) = (papers.gym, papers.auth, papers.database)
            let (tina, tom, lead) = (papers.tina, try await gym.trainer("Tom"), try await gym.trainer("Lena"))
            // Typed in as a member, who is looked after by somebody.
            let kept = try await auth.addMember("Tina Kept", token: gym.owner)
            let (mia, max) = (try await gym.member("Mia"), try await gym.member("Max"))
            try await gym.assign(tom, to: kept)
            try await gym.assign(tina, to: kept)
            try await gym.assign(tina, to: mia)
            try await gym.assign(tom, to: max)
            try await gym.assign(tina, to: max)
            let grant = try await auth.call(GrantMember(memberID: mia.id), body: .init(trainerID: tom.id), token: tina.token)
            _ = try await auth.call(SetParentTrainer(trainerID: tina.id), body: .init(parentTrainerID: lead.id), token: gym.owner)
            _ = try await auth.call(SetParentTrainer(trainerID: tom.id), body: .init(parentTrainerID: tina.id), token: gym.owner)
            let location = try await gym.location("East")
            let engagement = try await auth.call(
                EngageTrainer(trainerID: tina.id), body: .init(locationID: location.id, startsOn: LocalDay(rawValue: "2026-01-01")!),
                token: gym.owner)
            let document = try await papers.upload(to: try await papers.add(number: "17"))
            try await auth.call(UploadPhoto(personID: tina.id), body: SampleFiles.png(), token: tina.token)
            let key = try await auth.addKey(["auth:read"], token: papers.admin)
            let made = try #require(try await merge(tina.id, into: kept.id, gym).merge)
            #expect(
                made.services.first { $0.service == .auth }?.deeds.contains(MergeDeed(table: "trainer_members", outcome: .ended, rows: 1))
                    == true)

            let trainer = try await auth.call(GetTrainer(trainerID: kept.id), token: gym.owner)
            #expect(trainer.roles == [.member, .trainer] && trainer.parentTrainerID == lead.id)
            #expect(try await auth.call(GetTrainer(trainerID: tom.id), token: gym.owner).parentTrainerID == kept.id)
            #expect(try await gym.trainers(of: kept) == [tom.id])
            #expect(try await gym.trainers(of: mia) == [kept.id])
            #expect(Set(try await gym.trainers(of: max)) == [tom.id, kept.id])
            let grants = try await auth.call(ListMemberGrants(memberID: mia.id), token: gym.owner).data
            #expect(grants.map(\.id) == [grant.id] && grants.first?.grantedBy == kept.id)
            let engaged = try await auth.call(ListEngagements(trainerID: kept.id), token: gym.owner).data
            #expect(engaged.map(\.id) == [engagement.id] && engaged.first?.version == 2)
            #expect(try await database.said(EngagementSaved.self).last?.trainerID == kept.id)
            let documents = try await auth.call(ListTrainerDocuments(trainerID: kept.id), token: gym.owner).data
            #expect(documents.map(\.id) == [document.id] && documents.first?.title == "Strength coach" && documents.first?.number == "17")
            let file = try await auth.call(DownloadTrainerDocument(trainerID: kept.id, documentID: document.id), token: gym.owner)
            #expect(file == SampleFiles.pdf())
            #expect(try await auth.call(DownloadPhoto(personID: kept.id), token: gym.owner) == SampleFiles.png())
            let access = try await database.said(MemberAccessSaved.self).filter {
                $0.isActive && $0.memberID == mia.id && $0.kind == .assigned
            }
            #expect(access.last?.trainerID == kept.id)
            // And the other way round: an admin's keys are good for nothing in other hands.
            let admin = try await gym.member("Andy Twin")
            _ = try await merge(papers.adminID, into: admin.id, gym)
            let state = try await database.sql(
                "select person_id, revoked_at is not null from auth.api_keys where api_key_id = '\(key.key.id)'")
            #expect(state == "\(admin.id)|t")
            #expect(try await auth.call(GetMe(), token: try await auth.login("andy@example.com").accessToken).roles == [.admin, .member])
        }
    }

    /// Of two assignments to one trainer the kept person's stays, and there is one primary trainer.
    @Test func whoHadTrainersHasOnePrimaryOne() async throws {
        try await withStaff { gym, database in
            let (kept, duplicate) = (try await gym.member("Ada"), try await gym.member("Ada"))
            let (tina, tom, lena) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"), try await gym.trainer("Lena"))
            for trainer in [tina, tom] { try await gym.assign(trainer, to: kept) }
            for trainer in [lena, tom] { try await gym.assign(trainer, to: duplicate) }
            _ = try await merge(duplicate.id, into: kept.id, gym)
            let all = try await gym.auth.call(ListAssignments(memberID: kept.id), token: gym.owner).data
            #expect(all.first?.trainerID == tina.id && all.filter(\.isPrimary).count == 1)
            #expect(Set(all.map(\.trainerID)) == [tina.id, tom.id, lena.id])
            #expect(try await database.sql("select count(*) from auth.trainer_members where member_id = '\(duplicate.id)'") == "0")
            #expect(try await gym.members(of: lena, seenBy: lena.token) == [kept.id])
        }
    }

    /// A lead who turns out to be one of those below them.
    @Test func nobodyIsUnderThemselvesInTheEnd() async throws {
        try await withStaff { gym, database in
            let (top, middle, twin) = (
                try await gym.trainer("Top"), try await gym.trainer("Middle"), try await gym.auth.addMember("Twin", token: gym.owner)
            )
            _ = try await gym.auth.call(AddRole(personID: twin.id, role: .trainer), token: gym.owner)
            _ = try await gym.auth.call(SetParentTrainer(trainerID: middle.id), body: .init(parentTrainerID: top.id), token: gym.owner)
            _ = try await gym.auth.call(SetParentTrainer(trainerID: twin.id), body: .init(parentTrainerID: middle.id), token: gym.owner)
            let plan = try await merge(top.id, into: twin.id, gym).plan
            #expect(plan.conflicts.contains(.parentTrainer))
            #expect(try await gym.auth.call(GetTrainer(trainerID: twin.id), token: gym.owner).parentTrainerID == nil)
            #expect(try await gym.auth.call(GetTrainer(trainerID: middle.id), token: gym.owner).parentTrainerID == twin.id)
            #expect(try await database.sql("select count(*) from auth.trainer_profiles where parent_id = '\(top.id)'") == "0")
        }
    }

    @Test func whatIsHeardLateIsTheKeptPersonsThroughChains() async throws {
        try await withStaff { gym, database in
            let (a, b, c) = (try await gym.member("A"), try await gym.member("B"), try await gym.member("C"))
            let tina = try await gym.trainer("Tina")
            func booked(_ member: PersonID) async throws {
                try await gym.auth.hear(
                    OnBookingCreated(),
                    BookingCreated(
                        organizationID: gym.organization, bookingID: BookingID(), sessionID: SessionID(), memberID: member,
                        trainerID: tina.id, status: .confirmed, className: "Spin", startsAt: Date(), timeZone: .example, version: 1))
            }
            for member in [a, b, c] { try await booked(member.id) }
            _ = try await merge(a.id, into: b.id, gym)
            _ = try await merge(b.id, into: c.id, gym)
            try await booked(a.id)
            let counted = try await database.sql("select member_id, bookings from auth.booked_members")
            #expect(counted == "\(c.id)|4")
            #expect(try await gym.auth.call(GetPerson(personID: a.id), token: gym.owner).mergedInto == c.id)
            #expect(try await gym.members(seenBy: tina.token) == [c.id])
        }
    }

    /// With their keys, so that what gave way to the kept person's is unreadable as well.
    @Test func erasingTheKeptPersonErasesTheDuplicate() async throws {
        try await withStaff { gym, database in
            let twins = try await twins(gym)
            _ = try await merge(twins.duplicate.id, into: twins.kept.id, gym)
            let request = try await gym.auth.call(ErasePerson(personID: twins.kept.id), token: gym.owner)
            let context = ServiceContext(
                settings: Settings(gym.auth.keys.settings), database: gym.auth.database, keys: try gym.auth.keys.ring(),
                logger: Logger(label: "merge"))
            try await gym.auth.hear(
                OnErasureRequested(parts: try AuthParts(context)),
                ErasureRequested(organizationID: gym.organization, erasureRequestID: request.id, personID: twins.kept.id))
            let ids = "('\(twins.kept.id)', '\(twins.duplicate.id)')"
            for table in ["people", "person_keys", "member_profiles", "member_health", "own_profiles", "login_sessions"] {
                #expect(try await database.sql("select count(*) from auth.\(table) where person_id in \(ids)") == "0", "\(table)")
            }
            #expect(try await database.sql("select count(*) from auth.merged_people") == "0")
            #expect(try await database.sql("select count(*) from auth.erased_people where person_id in \(ids)") == "2")
            #expect(try await database.sql("select count(*) from auth.accounts") == "1")
            let readable = try await database.sql(
                """
                select count(*) from auth.audit_log where record_id in \(ids) and record_type <> 'audit_log'
                    and (old_values is not null or new_values is not null)
                """)
            #expect(readable == "0")
        }
    }
}
