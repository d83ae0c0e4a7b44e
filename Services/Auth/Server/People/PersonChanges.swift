import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    /// Writes what somebody changed of a person, and does what follows from it.
    ///
    /// - Throws: ``Problem`` `.preconditionFailed`; `.forbidden` for people who say themselves whether they are active, and
    ///   for the address of somebody who works where the caller does not;
    ///   `.hasOtherRoles` for an owner who is to be inactive; `.emailTaken`.
    func save<O>(_ after: PersonRecord, _ before: PersonRecord, _ call: Call<O>, in tx: Transaction) async throws -> PersonRecord {
        try before.check(call.expectedVersion)
        guard after != before else { return before }
        if after.isActive != before.isActive {
            guard try call.caller.scope == .organization else { throw Problem(.forbidden) }
            guard !before.roles.contains(.owner) else { throw Problem(.hasOtherRoles) }
        }
        // Whoever reads the mail of an address signs in as its person.
        guard try after.email == before.email || PersonLocationRules.reaches(call.caller.locationIDs, before) else {
            throw Problem(.forbidden)
        }
        let saved = try await people.save(after, now: call.now, in: tx)
        if saved.needsInvitation(before: before) { try await invitations.invite(saved, now: call.now, in: tx) }
        if !saved.isActive { try await leave(saved, .personRemoved, now: call.now, in: tx) }
        return saved
    }

    func remove<O>(_ person: PersonRecord, _ call: Call<O>, in tx: Transaction) async throws -> NoContent {
        try await hide(person, now: call.now, in: tx)
        return NoContent()
    }

    /// Hides a person and everything they could come in by. Nobody is theirs any more, nor under them.
    func hide(_ person: PersonRecord, now: Date, in tx: Transaction) async throws {
        if person.roles.contains(.trainer) { try await release(person, now: now, in: tx) }
        try await people.delete(person, now: now, in: tx)
        try await invitations.withdraw(person, in: tx)
        try await leave(person, .personRemoved, now: now, in: tx)
    }

    /// Whatever acts in a person's name here stops.
    func leave(
        _ person: PersonRecord, _ reason: LoginSessionEnded.EndReason, now: Date, in tx: Transaction
    ) async throws {
        try await loginSessions.endAll(person.organizationID, person.personID, reason, now: now, in: tx)
        try await apiKeys.endTokens(of: person.personID, in: person.organizationID, reason, now: now, tx)
    }

    /// Ends what a trainer is to members and to other trainers.
    func release(_ trainer: PersonRecord, now: Date, in tx: Transaction) async throws {
        let (organization, id) = (trainer.organizationID, trainer.personID)
        try await assignments.endAll(of: id, organization, now: now, in: tx)
        try await memberGrants.revokeAll(of: id, organization, now: now, in: tx)
        for below in try await people.directlyBelow(id, organization, in: tx) {
            guard var mate = try await people.find(organization, below, as: .trainer, locked: true, in: tx) else { continue }
            mate.trainerProfile.parentID = nil
            _ = try await people.save(mate, now: now, in: tx)
        }
        try await tx.execute("update trainer_profiles set parent_id = null where organization_id = \(organization) and person_id = \(id)")
    }
}
