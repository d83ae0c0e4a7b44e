import AuthContract
import ContractKit
import Foundation

/// What two people who are one come to: what the kept person has not is the duplicate's, and where both have something the kept person's stays.
enum MergeRules {
    /// Everything that is known of one of the two.
    struct Side: Sendable, Equatable {
        var person: PersonRecord
        var bio: Paragraph?
        var profilePhotoURL: WebAddress?
        /// Nil for whoever never was a member.
        var profile: MemberProfile?
        var health: MemberHealth?
        var trainerHealth: Paragraph?
        var hasPhoto: Bool
    }

    /// How many specializations and certifications there may be.
    static let longestList = 50

    static let ofProfiles: Set<MergeField> = [
        .trainingPhase, .motivation, .dateOfBirth, .emergencyContact, .source, .homeLocation, .preferences, .metadata,
    ]

    /// - Throws: ``Problem`` `.samePerson`, `.ownerInMerge`, `.bothSignIn`; `.forbidden` when one of them is an admin, whose role nobody but an
    ///   owner gives: whoever signs in as the duplicate would have it.
    static func check(_ kept: PersonRecord, _ duplicate: PersonRecord, by roles: Set<Role>) throws(Problem) {
        guard kept.personID != duplicate.personID else { throw Problem(.samePerson) }
        let all = Set(kept.roles + duplicate.roles)
        guard !all.contains(.owner) else { throw Problem(.ownerInMerge) }
        guard !all.contains(.admin) || roles.contains(.owner) else { throw Problem(.forbidden) }
        guard kept.accountID == nil || duplicate.accountID == nil else { throw Problem(.bothSignIn) }
    }

    static func merge(_ kept: Side, _ duplicate: Side) -> (side: Side, plan: PersonMergePlan) {
        var (merged, tally) = (kept, Tally())
        let other = duplicate.person
        merged.person.roles = Set(kept.person.roles + other.roles).sorted { $0.rawValue < $1.rawValue }
        merged.person.locationIDs = PersonLocationRules.united(kept.person, other)
        merged.person.accountID = kept.person.accountID ?? other.accountID
        merged.person.fullName = tally.pick(.fullName, kept.person.fullName, other.fullName) ?? kept.person.fullName
        merged.person.email = tally.pick(.email, kept.person.email, other.email)
        merged.person.phone = tally.pick(.phone, kept.person.phone, other.phone)
        merged.bio = tally.pick(.bio, kept.bio, duplicate.bio)
        merged.profilePhotoURL = tally.pick(.profilePhotoURL, kept.profilePhotoURL, duplicate.profilePhotoURL)
        merged.hasPhoto = tally.pick(.photo, kept.hasPhoto ? kept.person.personID : nil, duplicate.hasPhoto ? other.personID : nil) != nil
        merged.profile = tally.merge(kept.profile, duplicate.profile, of: kept.person.personID)
        merged.health = tally.merge(kept.health, duplicate.health, of: kept.person.personID)
        merged.person.trainerProfile = tally.merge(
            kept.person.trainerProfile, other.trainerProfile, of: [kept.person.personID, other.personID])
        merged.trainerHealth = tally.pick(.trainerHealth, kept.trainerHealth, duplicate.trainerHealth)
        let plan = PersonMergePlan(
            filled: tally.filled, conflicts: tally.conflicts, roles: merged.person.roles,
            movesAccount: merged.person.accountID != kept.person.accountID)
        return (merged, plan)
    }

    /// What was taken from whom.
    private struct Tally {
        var filled: [MergeField] = []
        var conflicts: [MergeField] = []

        mutating func pick<Value: Equatable>(_ field: MergeField, _ kept: Value?, _ other: Value?) -> Value? {
            guard let other, other != kept else { return kept }
            if kept == nil { filled.append(field) } else { conflicts.append(field) }
            return kept ?? other
        }

        mutating func unite(_ field: MergeField, _ kept: [Line], _ other: [Line]) -> [Line] {
            let further = other.filter { !kept.contains($0) }
            let all = Array((kept + further).prefix(max(longestList, kept.count)))
            if all.count > kept.count { filled.append(field) }
            if all.count < kept.count + further.count { conflicts.append(field) }
            return all
        }

        mutating func unite(_ field: MergeField, _ kept: FreeForm, _ other: FreeForm) -> FreeForm {
            guard case .object(let members) = kept.rawValue, case .object(let others) = other.rawValue else { return kept }
            let further = others.filter { members[$0.key] == nil }
            let united = FreeForm(rawValue: .object(members.merging(further) { mine, _ in mine }))
            if !further.isEmpty, united != nil { filled.append(field) }
            // Too much for one is a conflict as well.
            if others.contains(where: { members[$0.key] != nil && members[$0.key] != $0.value }) || united == nil {
                conflicts.append(field)
            }
            return united ?? kept
        }

        mutating func merge(_ kept: MemberProfile?, _ other: MemberProfile?, of member: PersonID) -> MemberProfile? {
            guard let other else { return kept }
            let mine =
                kept
                ?? MemberProfile(
                    memberID: member, trainingPhase: nil, motivation: nil, dateOfBirth: nil, emergencyContact: nil, source: nil,
                    homeLocationID: nil, preferences: .empty, metadata: .empty, joinedAt: other.joinedAt, version: 1)
            var merged = mine
            merged.trainingPhase = pick(.trainingPhase, mine.trainingPhase, other.trainingPhase)
            merged.motivation = pick(.motivation, mine.motivation, other.motivation)
            merged.dateOfBirth = pick(.dateOfBirth, mine.dateOfBirth, other.dateOfBirth)
            merged.emergencyContact = pick(.emergencyContact, mine.emergencyContact, other.emergencyContact)
            merged.source = pick(.source, mine.source, other.source)
            merged.homeLocationID = pick(.homeLocation, mine.homeLocationID, other.homeLocationID)
            merged.preferences = unite(.preferences, mine.preferences, other.preferences)
            merged.metadata = unite(.metadata, mine.metadata, other.metadata)
            merged.joinedAt = min(mine.joinedAt, other.joinedAt)
            return merged
        }

        /// Of health nothing is left out that can be kept beside the other: an allergy is one whoever wrote it down.
        mutating func merge(_ kept: MemberHealth?, _ other: MemberHealth?, of member: PersonID) -> MemberHealth? {
            guard let other else { return kept }
            let mine =
                kept
                ?? MemberHealth(
                    memberID: member, specialSituation: Paragraph(rawValue: "") ?? other.specialSituation, medicalInfo: MedicalInfo(),
                    goals: nil, updatedAt: other.updatedAt, version: 0)
            var (merged, isConflict) = (mine, false)
            if mine.specialSituation.rawValue.isEmpty {
                merged.specialSituation = other.specialSituation
            } else if !other.specialSituation.rawValue.isEmpty, other.specialSituation != mine.specialSituation {
                isConflict = true
            }
            func united(_ some: [Line], _ others: [Line]) -> [Line] { some + others.filter { !some.contains($0) } }
            merged.medicalInfo = MedicalInfo(
                conditions: united(mine.medicalInfo.conditions, other.medicalInfo.conditions),
                medications: united(mine.medicalInfo.medications, other.medicalInfo.medications),
                allergies: united(mine.medicalInfo.allergies, other.medicalInfo.allergies))
            merged.goals = mine.goals ?? other.goals
            if let goals = mine.goals, let theirs = other.goals, goals != theirs { isConflict = true }
            // One name for all of it: what somebody has is not for those who merge to know.
            if merged != mine || mine.version == 0 { filled.append(.health) }
            if isConflict { conflicts.append(.health) }
            return merged
        }

        /// Nobody works under themselves.
        mutating func merge(_ kept: TrainerProfile, _ other: TrainerProfile, of both: Set<PersonID>) -> TrainerProfile {
            var merged = kept
            merged.specializations = unite(.specializations, kept.specializations, other.specializations)
            merged.certifications = unite(.certifications, kept.certifications, other.certifications)
            merged.bio = pick(.trainerBio, kept.bio, other.bio)
            merged.experience = pick(.experience, kept.experience, other.experience)
            merged.businessName = pick(.businessName, kept.businessName, other.businessName)
            merged.licenseNumber = pick(.licenseNumber, kept.licenseNumber, other.licenseNumber)
            func lead(_ id: PersonID?) -> PersonID? { id.flatMap { both.contains($0) ? nil : $0 } }
            merged.parentID = pick(.parentTrainer, lead(kept.parentID), lead(other.parentID))
            merged.settings = unite(.settings, kept.settings, other.settings)
            return merged
        }
    }
}
