import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres
import ServiceKit

extension AuthParts {
    /// What the two come to, without changing anything.
    func planned(
        _ kept: PersonRecord, _ duplicate: PersonRecord, in tx: Transaction
    ) async throws -> (side: MergeRules.Side, plan: PersonMergePlan) {
        var outcome = MergeRules.merge(try await side(of: kept, in: tx), try await side(of: duplicate, in: tx))
        if let lead = outcome.side.person.trainerProfile.parentID,
            try await people.isBelow(lead, [kept.personID, duplicate.personID], kept.organizationID, in: tx)
        {
            // Those under the duplicate come under the kept person, who would be under one of them.
            outcome.side.person.trainerProfile.parentID = nil
            outcome.plan.filled.removeAll { $0 == .parentTrainer }
            outcome.plan.conflicts = outcome.plan.conflicts.filter { $0 != .parentTrainer } + [.parentTrainer]
        }
        return outcome
    }

    /// Makes everything of the duplicate the kept person's, and removes the duplicate. Both are held.
    func merge(
        _ kept: PersonRecord, _ duplicate: PersonRecord, _ merging: PersonMerging, by requester: PersonID, now: Date, in tx: Transaction
    ) async throws -> MergePeople.Output {
        let (organization, id, other) = (kept.organizationID, kept.personID, duplicate.personID)
        let (side, plan) = try await planned(kept, duplicate, in: tx)
        var deeds: [MergeDeed] = []
        func note(_ table: String, _ outcome: MergeOutcome, _ rows: Int) {
            deeds.append(MergeDeed(table: table, outcome: outcome, rows: rows))
        }
        // First the duplicate goes: address and account are one person's at a time.
        try await leave(duplicate, .personRemoved, now: now, in: tx)
        try await invitations.withdraw(duplicate, in: tx)
        try await people.delete(duplicate, now: now, in: tx)
        try await tx.execute(
            "update people set account_id = null where organization_id = \(organization) and person_id = \(other) and account_id is not null"
        )
        note("people", .dropped, 1)
        try await write(side, over: kept, from: duplicate, plan, now: now, in: tx)
        if plan.filled.contains(.photo) {
            // The file stays sealed under the duplicate's key.
            let photos = try await tx.execute(
                "update person_photos set person_id = \(id), updated_at = \(now) where organization_id = \(organization) and person_id = \(other)"
            )
            note("person_photos", .moved, photos)
        }
        note("trainer_documents", .moved, try await trainerDocuments.move(of: other, to: id, organization, now: now, in: tx))
        note("trainer_profiles", .moved, try await moveTeam(of: other, to: id, organization, now: now, in: tx))
        let engaged = try await engagements.merge(other, into: id, organization, now: now, in: tx)
        note("trainer_engagements", .moved, engaged.moved)
        note("trainer_engagements", .joined, engaged.joined)
        let assigned = try await assignments.merge(other, into: id, organization, now: now, in: tx)
        note("trainer_members", .moved, assigned.moved)
        note("trainer_members", .ended, assigned.ended)
        let granted = try await memberGrants.merge(other, into: id, organization, now: now, in: tx)
        note("member_grants", .moved, granted.moved)
        note("member_grants", .ended, granted.ended)
        note("booked_members", .joined, try await BookedMembers.merge(other, into: id, organization, in: tx))
        note("api_keys", .ended, try await apiKeys.merge(other, into: id, organization, now: now, in: tx))
        for table in ["erasure_requests", "person_merges"] {
            try await tx.execute(
                """
                update \(SQL.identifier(table)) set requested_by = \(id), updated_at = \(now), version = version + 1
                where organization_id = \(organization) and requested_by = \(other)
                """)
        }
        deeds += try await merging.finish()
        let merge = try await personMerges.open(other, into: id, plan, organization, by: requester, now: now, in: tx)
        try await personMerges.note(deeds.filter { $0.rows > 0 }, by: .auth, to: merge, organization, at: now, in: tx)
        return MergePeople.Output(plan: plan, merge: try await personMerges.find(merge, organization, in: tx))
    }

    private func side(of person: PersonRecord, in tx: Transaction) async throws -> MergeRules.Side {
        let (organization, id) = (person.organizationID, person.personID)
        let own = try await ownProfiles.find(organization, id, in: tx)
        let photos: Int = try await tx.one(
            "select count(*) from person_photos where organization_id = \(organization) and person_id = \(id)")
        return MergeRules.Side(
            person: person, bio: own.bio, profilePhotoURL: own.photo,
            profile: try await memberProfiles.find(organization, id, in: tx), health: try await memberHealth.find(organization, id, in: tx),
            trainerHealth: try await people.healthInfo(of: id, organization, in: tx), hasPhoto: photos > 0)
    }

    /// Writes what the two come to, sealed for the kept person.
    private func write(
        _ side: MergeRules.Side, over before: PersonRecord, from duplicate: PersonRecord, _ plan: PersonMergePlan, now: Date,
        in tx: Transaction
    ) async throws {
        let (organization, id) = (before.organizationID, before.personID)
        if side.profile != nil || side.person.roles.contains(.member) {
            try await people.insertMemberProfile(of: before, now: now, in: tx)
        }
        let saved = try await people.save(side.person, now: now, in: tx)
        try await tx.execute(
            """
            update people set last_login_at = greatest(last_login_at, (
                select d.last_login_at from people d where d.organization_id = \(organization) and d.person_id = \(duplicate.personID)))
            where organization_id = \(organization) and person_id = \(id)
            """)
        if plan.movesAccount {
            try await invitations.withdraw(before, in: tx)
        } else if saved.needsInvitation(before: before) {
            try await invitations.invite(saved, now: now, in: tx)
        }
        if plan.filled.contains(.bio) || plan.filled.contains(.profilePhotoURL) {
            try await ownProfiles.save(
                .init(fullName: side.person.fullName, bio: side.bio, profilePhotoURL: side.profilePhotoURL), of: id, organization, now: now,
                in: tx)
        }
        if let profile = side.profile {
            if !MergeRules.ofProfiles.isDisjoint(with: plan.filled) {
                _ = try await memberProfiles.save(profile, organization, now: now, in: tx)
            }
            try await tx.execute(
                """
                update member_profiles set joined_at = \(profile.joinedAt)
                where organization_id = \(organization) and person_id = \(id) and joined_at > \(profile.joinedAt)
                """)
        }
        if var health = side.health, plan.filled.contains(.health) {
            (health.updatedAt, health.version) = (now, health.version + 1)
            try await memberHealth.save(health, organization, in: tx)
        }
        if let health = side.trainerHealth, plan.filled.contains(.trainerHealth) { try await people.write(health, of: saved, in: tx) }
    }

    /// Those who work under the duplicate work under the kept person.
    private func moveTeam(
        of duplicate: PersonID, to kept: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> Int {
        var moved = 0
        for below in try await people.directlyBelow(duplicate, organization, in: tx) {
            guard var mate = try await people.find(organization, below, as: .trainer, locked: true, in: tx) else { continue }
            mate.trainerProfile.parentID = kept
            _ = try await people.save(mate, now: now, in: tx)
            moved += 1
        }
        // Those who train no more, and the duplicate's own lead.
        try await tx.execute(
            """
            update trainer_profiles set parent_id = (
                select k.person_id from trainer_profiles k
                where k.organization_id = \(organization) and k.person_id = \(kept) and trainer_profiles.person_id <> \(duplicate))
            where organization_id = \(organization) and (parent_id = \(duplicate) or person_id = \(duplicate)) and parent_id is not null
            """)
        return moved
    }
}

extension PersonStore {
    /// Whether somebody is one of `people`, or works under one of them.
    func isBelow(_ trainer: PersonID, _ people: [PersonID], _ organization: OrganizationID, in tx: Transaction) async throws -> Bool {
        try await tx.one(
            """
            with recursive up (person_id, parent_id) as (
                select person_id, parent_id from trainer_profiles where organization_id = \(organization) and person_id = \(trainer)
                -- Not "all": a circle, should there ever be one, ends here.
                union
                select t.person_id, t.parent_id
                from up join trainer_profiles t on t.organization_id = \(organization) and t.person_id = up.parent_id)
            select coalesce(bool_or(person_id = any (\(people)::uuid[])), false) from up
            """)
    }
}
