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

    /// Makes the assignments of somebody who turned out to be `kept` theirs, as a member and as a trainer. What both have ends for the
    /// duplicate, nobody trains themselves, and whoever had a primary trainer has one.
    func merge(
        _ duplicate: PersonID, into kept: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> (moved: Int, ended: Int) {
        let members: [PersonID] = try await tx.query(
            """
            select distinct member_id from trainer_members
            where organization_id = \(organization) and trainer_id = \(duplicate) and ended_at is null
                and member_id not in (\(duplicate), \(kept))
            order by member_id
            """)
        let own = try await open(organization, of: kept, in: tx) + open(organization, of: duplicate, in: tx)
        var count = try await merge(own, of: kept, duplicate, kept, organization, now: now, in: tx)
        for member in members {
            // Of two assignments that become one, the kept person's stays.
            let rows = try await open(organization, of: member, in: tx)
            let ordered = rows.filter { $0.trainerID != duplicate } + rows.filter { $0.trainerID == duplicate }
            let some = try await merge(ordered, of: member, duplicate, kept, organization, now: now, in: tx)
            count = (count.moved + some.moved, count.ended + some.ended)
        }
        // What ended is history.
        for column in ["member_id", "trainer_id"] {
            try await tx.execute(
                """
                update trainer_members set \(SQL.identifier(column)) = \(kept)
                where organization_id = \(organization) and \(SQL.identifier(column)) = \(duplicate)
                """)
        }
        return count
    }

    /// - Parameter rows: Those that are to be one member's; of two with one trainer the first stays.
    private func merge(
        _ rows: [Row], of member: PersonID, _ duplicate: PersonID, _ kept: PersonID, _ organization: OrganizationID, now: Date,
        in tx: Transaction
    ) async throws -> (moved: Int, ended: Int) {
        var (staying, ending): ([(before: Row, after: Row)], [Row]) = ([], [])
        var primary: PersonID?
        for row in rows {
            var after = row
            after.memberID = member
            if row.trainerID == duplicate { after.trainerID = kept }
            if row.isPrimary, primary == nil, after.trainerID != member { primary = after.trainerID }
            if after.trainerID == member || staying.contains(where: { $0.after.trainerID == after.trainerID }) {
                ending.append(after)
            } else {
                staying.append((row, after))
            }
        }
        let lead = primary ?? staying.first?.after.trainerID
        for row in ending { try await rewrite(row, organization, isPrimary: false, endedAt: now, in: tx) }
        // Nobody is the primary one before who was is not any more.
        for (before, after) in staying where after.trainerID != lead && (before.isPrimary || before.hasOther(after)) {
            try await rewrite(after, organization, isPrimary: false, in: tx)
        }
        for (before, after) in staying where after.trainerID == lead && (!before.isPrimary || before.hasOther(after)) {
            try await rewrite(after, organization, isPrimary: true, in: tx)
        }
        return (staying.filter { $0.before.hasOther($0.after) }.count, ending.count)
    }

    private func rewrite(
        _ row: Row, _ organization: OrganizationID, isPrimary: Bool, endedAt: Date? = nil, in tx: Transaction
    ) async throws {
        var saved = row
        saved.isPrimary = isPrimary
        saved.version += 1
        try await tx.execute(
            """
            update trainer_members
            set member_id = \(row.memberID), trainer_id = \(row.trainerID), is_primary = \(isPrimary), ended_at = \(endedAt),
                version = \(saved.version)
            where organization_id = \(organization) and assignment_id = \(row.assignmentID)
            """)
        try await tx.emit(saved.said(organization, isActive: endedAt == nil))
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

        func hasOther(_ row: Row) -> Bool { memberID != row.memberID || trainerID != row.trainerID }

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
