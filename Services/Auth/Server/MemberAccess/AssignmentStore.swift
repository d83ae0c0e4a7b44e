import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

/// Which trainers look after which members. Whoever changes a member's trainers holds the member's row, so that there is always exactly
/// one primary trainer among them.
struct AssignmentStore: Sendable {
    /// The primary one first, then by age.
    func list(_ organization: OrganizationID, of member: PersonID, in tx: Transaction) async throws -> [Assignment] {
        try await open(organization, of: member, in: tx).map(\.assignment)
    }

    /// Adds a trainer, as the primary one where there is none; changes nothing when they are assigned.
    func assign(_ trainer: PersonID, to member: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction) async throws {
        let rows = try await open(organization, of: member, in: tx)
        guard !rows.contains(where: { $0.trainerID == trainer }) else { return }
        try await insert(trainer, to: member, organization, isPrimary: rows.isEmpty, now: now, in: tx)
    }

    /// Makes a trainer, assigned or not, the primary one.
    ///
    /// - Parameter keepsFormer: Whether who was stays as a further trainer.
    func hand(
        _ member: PersonID, to trainer: PersonID, keepsFormer: Bool, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws {
        let rows = try await open(organization, of: member, in: tx)
        let former = rows.first(where: \.isPrimary)
        guard former?.trainerID != trainer else { return }
        if let former { try await save(former, organization, isPrimary: false, endedAt: keepsFormer ? nil : now, in: tx) }
        if let row = rows.first(where: { $0.trainerID == trainer }) {
            try await save(row, organization, isPrimary: true, in: tx)
        } else {
            try await insert(trainer, to: member, organization, isPrimary: true, now: now, in: tx)
        }
    }

    /// Ends a trainer's assignment; of those who are left, who came first follows a primary one.
    ///
    /// - Returns: Whether there was one.
    func end(
        _ trainer: PersonID, of member: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> Bool {
        let rows = try await open(organization, of: member, in: tx)
        guard let ended = rows.first(where: { $0.trainerID == trainer }) else { return false }
        try await save(ended, organization, isPrimary: false, endedAt: now, in: tx)
        if ended.isPrimary, let next = rows.first(where: { $0.trainerID != trainer }) {
            try await save(next, organization, isPrimary: true, in: tx)
        }
        return true
    }

    /// Ends all assignments of somebody who trains no more.
    func endAll(of trainer: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction) async throws {
        // In the order of their keys, as everybody who locks several.
        let members: [PersonID] = try await tx.query(
            """
            select person_id from people
            where organization_id = \(organization) and person_id in (
                select member_id from trainer_members
                where organization_id = \(organization) and trainer_id = \(trainer) and ended_at is null)
            order by person_id for update
            """)
        for member in members { _ = try await end(trainer, of: member, organization, now: now, in: tx) }
    }

    private func open(_ organization: OrganizationID, of member: PersonID, in tx: Transaction) async throws -> [Row] {
        try await tx.query(
            """
            select assignment_id, trainer_id, member_id, is_primary, started_at, version from trainer_members
            where organization_id = \(organization) and member_id = \(member) and ended_at is null
            order by is_primary desc, started_at, assignment_id
            """)
    }

    private func insert(
        _ trainer: PersonID, to member: PersonID, _ organization: OrganizationID, isPrimary: Bool, now: Date, in tx: Transaction
    ) async throws {
        let row = Row(
            assignmentID: AssignmentID(now: now), trainerID: trainer, memberID: member, isPrimary: isPrimary, startedAt: now, version: 1)
        try await tx.execute(
            """
            insert into trainer_members (organization_id, assignment_id, trainer_id, member_id, is_primary, started_at)
            values (\(organization), \(row.assignmentID), \(trainer), \(member), \(isPrimary), \(now))
            """)
        try await tx.emit(row.said(organization, isActive: true))
    }

    private func save(
        _ row: Row, _ organization: OrganizationID, isPrimary: Bool, endedAt: Date? = nil, in tx: Transaction
    ) async throws {
        var saved = row
        saved.isPrimary = isPrimary
        saved.version += 1
        try await tx.execute(
            """
            update trainer_members set is_primary = \(isPrimary), ended_at = \(endedAt), version = \(saved.version)
            where organization_id = \(organization) and assignment_id = \(row.assignmentID)
            """)
        try await tx.emit(saved.said(organization, isActive: endedAt == nil))
    }

    private struct Row: Decodable, Sendable {
        var assignmentID: AssignmentID
        var trainerID: PersonID
        var memberID: PersonID
        var isPrimary: Bool
        var startedAt: Date
        var version: Int64

        var assignment: Assignment {
            Assignment(id: assignmentID, memberID: memberID, trainerID: trainerID, isPrimary: isPrimary, startedAt: startedAt)
        }

        func said(_ organization: OrganizationID, isActive: Bool) -> MemberAccessSaved {
            MemberAccessSaved(
                organizationID: organization, accessID: .init(rawValue: assignmentID.rawValue), kind: .assigned, memberID: memberID,
                trainerID: trainerID, level: isPrimary ? .admin : .write, isPrimary: isPrimary, isActive: isActive, version: version)
        }
    }
}
