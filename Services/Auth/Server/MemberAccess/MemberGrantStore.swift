import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

/// Grants on one member, and what they and assignments and teams come to.
struct MemberGrantStore: Sendable {
    /// How far a trainer's reach goes for a member; nil when the member is none of theirs. The primary trainer has `admin`, further ones
    /// `write`, the team `read`.
    func level(
        of trainer: PersonID, on member: PersonID, _ organization: OrganizationID, in tx: Transaction
    ) async throws -> AccessLevel? {
        struct Row: Decodable, Sendable { var level: AccessLevel? }
        return try await tx.first(
            """
            select (array['read', 'write', 'admin'])[max(reach)] as level from (
                select case when is_primary then 3 else 2 end as reach from trainer_members
                where organization_id = \(organization) and member_id = \(member) and trainer_id = \(trainer) and ended_at is null
                union all
                select array_position(array['read', 'write', 'admin'], level) from member_grants
                where organization_id = \(organization) and member_id = \(member) and trainer_id = \(trainer) and revoked_at is null
                union all
                select 1 where \(member)::uuid in (select members_seen_by(\(organization), \(trainer)))
            ) reaches
            """, as: Row.self
        )?.level
    }

    /// Whether the member is in the trainer's own hands, assigned or granted: health is for those alone.
    func treats(_ trainer: PersonID, _ member: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> Bool {
        try await tx.one("select \(member)::uuid in (select members_treated_by(\(organization), \(trainer)))")
    }

    func list(_ organization: OrganizationID, on member: PersonID, in tx: Transaction) async throws -> [MemberGrant] {
        let rows: [Row] = try await tx.query(
            """
            \(Self.selection) where organization_id = \(organization) and member_id = \(member) and revoked_at is null
            order by granted_at, grant_id
            """)
        return rows.map(\.grant)
    }

    /// - Throws: ``Problem`` `.alreadyGranted`.
    func insert(_ grant: MemberGrant, _ organization: OrganizationID, in tx: Transaction) async throws {
        do {
            try await tx.execute(
                """
                insert into member_grants (organization_id, grant_id, member_id, trainer_id, level, granted_by, granted_at)
                values (\(organization), \(grant.id), \(grant.memberID), \(grant.trainerID), \(grant.level), \(grant.grantedBy),
                    \(grant.grantedAt))
                """)
        } catch let error as DatabaseError {
            throw error.refusal(["member_grants_once_key": .alreadyGranted, "member_grants_granted_by_fkey": .unauthenticated])
        }
        try await tx.emit(grant.said(organization, isActive: true, version: 1))
    }

    /// - Returns: Whether the member has such a grant.
    func revoke(
        _ id: MemberGrantID, on member: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> Bool {
        try await revoke("member_id = \(member) and grant_id = \(id)", organization, now: now, in: tx)
    }

    /// Takes back what was granted to somebody who trains no more.
    func revokeAll(of trainer: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction) async throws {
        _ = try await revoke("trainer_id = \(trainer)", organization, now: now, in: tx)
    }

    private func revoke(_ those: SQL, _ organization: OrganizationID, now: Date, in tx: Transaction) async throws -> Bool {
        let rows: [Row] = try await tx.query(
            """
            update member_grants set revoked_at = \(now), version = version + 1
            where organization_id = \(organization) and \(those) and revoked_at is null
            returning \(Self.columns)
            """)
        for row in rows { try await tx.emit(row.grant.said(organization, isActive: false, version: row.version)) }
        return !rows.isEmpty
    }

    /// Makes the grants of somebody who turned out to be `kept` theirs, as a member, as a trainer and as who gave them. What both have ends for
    /// the duplicate, and nobody needs a grant on themselves.
    func merge(
        _ duplicate: PersonID, into kept: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> (moved: Int, ended: Int) {
        let rows: [Row] = try await tx.query(
            """
            \(Self.selection)
            where organization_id = \(organization) and (member_id = \(duplicate) or trainer_id = \(duplicate)) and revoked_at is null
            order by grant_id for update
            """)
        var ended = 0
        for var row in rows {
            if row.memberID == duplicate { row.memberID = kept }
            if row.trainerID == duplicate { row.trainerID = kept }
            row.version += 1
            let others: Int = try await tx.one(
                """
                select count(*) from member_grants
                where organization_id = \(organization) and member_id = \(row.memberID) and trainer_id = \(row.trainerID) and revoked_at is null
                """)
            let stays = row.memberID != row.trainerID && others == 0
            if !stays { ended += 1 }
            try await tx.execute(
                """
                update member_grants
                set member_id = \(row.memberID), trainer_id = \(row.trainerID), version = \(row.version), revoked_at = \(stays ? nil : now)
                where organization_id = \(organization) and grant_id = \(row.grantID)
                """)
            try await tx.emit(row.grant.said(organization, isActive: stays, version: row.version))
        }
        // What was revoked is history.
        for column in ["member_id", "trainer_id", "granted_by"] {
            try await tx.execute(
                """
                update member_grants set \(SQL.identifier(column)) = \(kept)
                where organization_id = \(organization) and \(SQL.identifier(column)) = \(duplicate)
                """)
        }
        return (rows.count - ended, ended)
    }

    private static let columns: SQL = "grant_id, member_id, trainer_id, level, granted_by, granted_at, version"
    private static let selection: SQL = "select \(columns) from member_grants"

    private struct Row: Decodable, Sendable {
        var grantID: MemberGrantID
        var memberID: PersonID
        var trainerID: PersonID
        var level: AccessLevel
        var grantedBy: PersonID?
        var grantedAt: Date
        var version: Int64

        var grant: MemberGrant {
            MemberGrant(id: grantID, memberID: memberID, trainerID: trainerID, level: level, grantedBy: grantedBy, grantedAt: grantedAt)
        }
    }
}

extension MemberGrant {
    fileprivate func said(_ organization: OrganizationID, isActive: Bool, version: Int64) -> MemberAccessSaved {
        MemberAccessSaved(
            organizationID: organization, accessID: .init(rawValue: id.rawValue), kind: .granted, memberID: memberID, trainerID: trainerID,
            level: level, isPrimary: false, isActive: isActive, version: version)
    }
}
