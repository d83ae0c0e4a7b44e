import AuthContract
import ContractKit
import Foundation
import Testing

@testable import AuthServer

@Suite struct MergeRulesTests {
    private static let now = Date(timeIntervalSince1970: 1_772_388_000)

    private func side(_ change: (inout MergeRules.Side) -> Void = { _ in }) -> MergeRules.Side {
        var side = MergeRules.Side(
            person: PersonRecord(
                organizationID: OrganizationID(), personID: PersonID(), accountID: nil, roles: [.member], fullName: "Ada Lovelace",
                email: nil, now: Self.now), bio: nil, profilePhotoURL: nil, profile: nil, health: nil, trainerHealth: nil, hasPhoto: false)
        change(&side)
        return side
    }

    private func profile(_ side: MergeRules.Side, _ metadata: FreeForm = .empty, joined: Date = Self.now) -> MemberProfile {
        MemberProfile(
            memberID: side.person.personID, trainingPhase: nil, motivation: nil, dateOfBirth: nil, emergencyContact: nil, source: .online,
            homeLocationID: nil, preferences: .empty, metadata: metadata, joinedAt: joined, version: 4)
    }

    @Test func whatIsAlikeIsNeitherFilledNorAConflict() {
        let (kept, other) = (side(), side())
        let (merged, plan) = MergeRules.merge(kept, other)
        #expect(merged == kept)
        #expect(plan == PersonMergePlan(filled: [], conflicts: [], roles: [.member], movesAccount: false))
    }

    @Test func whatIsMissingIsFilledAndWhatDiffersStays() {
        let kept = side {
            $0.person.email = EmailAddress(rawValue: "ada@example.com")
            $0.profile = profile($0, FreeForm(rawValue: ["locker": 17, "card": "red"])!)
        }
        let other = side {
            $0.person.accountID = AccountID()
            $0.person.roles = [.member, .trainer]
            $0.person.email = EmailAddress(rawValue: "ada@other.example")
            $0.person.phone = PhoneNumber(rawValue: "+14165550100")
            $0.profile = profile($0, FreeForm(rawValue: ["locker": 18, "shirt": "M"])!, joined: Self.now - 1000)
            $0.hasPhoto = true
        }
        let (merged, plan) = MergeRules.merge(kept, other)
        #expect(Set(plan.filled) == [.phone, .metadata, .photo] && Set(plan.conflicts) == [.email, .metadata])
        #expect(plan.roles == [.member, .trainer] && plan.movesAccount && merged.person.accountID == other.person.accountID)
        #expect(merged.person.email == kept.person.email && merged.person.phone == other.person.phone)
        #expect(merged.profile?.metadata == FreeForm(rawValue: ["locker": 17, "card": "red", "shirt": "M"]))
        #expect(merged.profile?.joinedAt == Self.now - 1000 && merged.profile?.version == 4)
        #expect(merged.person.personID == kept.person.personID && merged.profile?.memberID == kept.person.personID)
    }

    @Test func nobodyReachesFurtherThanEitherDid() {
        let (north, south) = (LocationID(), LocationID())
        func worker(_ roles: [Role], _ locations: [LocationID]) -> MergeRules.Side {
            side {
                $0.person.roles = roles
                $0.person.locationIDs = locations
            }
        }
        func locations(_ kept: MergeRules.Side, _ other: MergeRules.Side) -> Set<LocationID> {
            Set(MergeRules.merge(kept, other).side.person.locationIDs)
        }
        #expect(locations(worker([.member], []), worker([.trainer], [north])) == [north])
        #expect(locations(worker([.trainer], [north]), worker([.trainer], [south])) == [north, south])
        #expect(locations(worker([.trainer], [north]), worker([.member], [])) == [north])
        #expect(locations(worker([.trainer], [north]), worker([.trainer], [])) == [])
        let many = (0..<PersonLocationRules.most).map { _ in LocationID() }
        #expect(locations(worker([.trainer], [north]), worker([.trainer], many)) == [north])
    }

    @Test func ofHealthEverythingThatCanStandBesideTheOtherStays() {
        func health(_ side: MergeRules.Side, _ situation: Paragraph, _ allergies: [Line], _ goals: Paragraph?) -> MemberHealth {
            MemberHealth(
                memberID: side.person.personID, specialSituation: situation, medicalInfo: MedicalInfo(allergies: allergies), goals: goals,
                updatedAt: Self.now, version: 2)
        }
        let kept = side { $0.health = health($0, "", ["Nuts"], "Run") }
        let other = side { $0.health = health($0, "Knee", ["Nuts", "Penicillin"], "Swim") }
        let (merged, plan) = MergeRules.merge(kept, other)
        #expect(merged.health?.medicalInfo.allergies == ["Nuts", "Penicillin"])
        #expect(merged.health?.specialSituation == "Knee" && merged.health?.goals == "Run")
        #expect(plan.filled == [.health] && plan.conflicts == [.health])
        let (copied, second) = MergeRules.merge(side(), other)
        #expect(copied.health?.goals == "Swim" && second.filled == [.health] && second.conflicts == [])
    }

    @Test func nobodyWorksUnderThemselves() {
        var (kept, other) = (side(), side())
        kept.person.trainerProfile.parentID = other.person.personID
        other.person.trainerProfile.parentID = kept.person.personID
        #expect(MergeRules.merge(kept, other).side.person.trainerProfile.parentID == nil)
        let lead = PersonID()
        other.person.trainerProfile.parentID = lead
        #expect(MergeRules.merge(kept, other).side.person.trainerProfile.parentID == lead)
    }

    @Test func whoMayBeMergedAndByWhom() {
        func kind(_ kept: MergeRules.Side, _ other: MergeRules.Side, by roles: Set<Role> = [.owner]) -> ProblemKind? {
            do {
                try MergeRules.check(kept.person, other.person, by: roles)
                return nil
            } catch {
                return [ProblemKind.samePerson, .ownerInMerge, .forbidden, .bothSignIn].first { error.isA($0) }
            }
        }
        let (member, admin, owner) = (side(), side { $0.person.roles = [.admin] }, side { $0.person.roles = [.owner] })
        let (first, second) = (side { $0.person.accountID = AccountID() }, side { $0.person.accountID = AccountID() })
        #expect(kind(member, side()) == nil && kind(member, side(), by: [.admin]) == nil)
        #expect(kind(member, member) == .samePerson)
        #expect(kind(owner, member) == .ownerInMerge && kind(member, owner) == .ownerInMerge)
        #expect(kind(admin, member) == nil && kind(admin, member, by: [.admin]) == .forbidden)
        // Whoever signs in as the duplicate would be an admin.
        #expect(kind(member, admin, by: [.admin]) == .forbidden && kind(admin, first, by: [.admin]) == .forbidden)
        #expect(kind(first, second) == .bothSignIn && kind(first, member) == nil && kind(member, first) == nil)
    }
}
