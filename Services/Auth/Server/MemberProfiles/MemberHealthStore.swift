import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres

/// Members' health, sealed under each member's key.
struct MemberHealthStore: Sendable {
    private let keys: PersonKeys

    init(ring: KeyRing) { keys = PersonKeys(ring, service: "auth") }

    func find(_ organization: OrganizationID, _ member: PersonID, in tx: Transaction) async throws -> MemberHealth? {
        struct Row: Decodable, Sendable {
            var specialSituation: Data
            var medicalInfo: Data
            var goals: Data?
            var updatedAt: Date
            var version: Int64
        }
        let row = try await tx.first(
            """
            select special_situation, medical_info, goals, updated_at, version from member_health
            where organization_id = \(organization) and person_id = \(member)
            """, as: Row.self)
        guard let row, let key = try await keys.find(organization, member, in: tx) else { return nil }
        let seal = PersonSeal(key: key, organization, member)
        guard let situation = Paragraph(rawValue: try seal.open(row.specialSituation, "special_situation")) else {
            throw FieldEncryptionError.malformed
        }
        return MemberHealth(
            memberID: member, specialSituation: situation, medicalInfo: try JSON.read(seal.open(row.medicalInfo, "medical_info")),
            goals: try row.goals.flatMap { Paragraph(rawValue: try seal.open($0, "goals")) }, updatedAt: row.updatedAt, version: row.version
        )
    }

    /// Writes the health of a member whose person was found `locked`.
    func save(_ health: MemberHealth, _ organization: OrganizationID, in tx: Transaction) async throws {
        let member = health.memberID
        let seal = PersonSeal(key: try await keys.obtain(organization, member, in: tx), organization, member)
        try await tx.execute(
            """
            insert into member_health (organization_id, person_id, special_situation, medical_info, goals, created_at, updated_at)
            values (\(organization), \(member), \(try seal.seal(health.specialSituation.rawValue, "special_situation")),
                \(try seal.seal(try JSON.text(of: health.medicalInfo), "medical_info")),
                \(try health.goals.map { try seal.seal($0.rawValue, "goals") }), \(health.updatedAt), \(health.updatedAt))
            on conflict (organization_id, person_id) do update
            set special_situation = excluded.special_situation, medical_info = excluded.medical_info, goals = excluded.goals,
                updated_at = excluded.updated_at, version = \(health.version)
            """)
    }
}
