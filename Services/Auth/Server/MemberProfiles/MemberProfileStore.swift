import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres

/// Profiles of members. What is personal in them is sealed under the member's key.
struct MemberProfileStore: Sendable {
    private let keys: PersonKeys

    init(ring: KeyRing) { keys = PersonKeys(ring, service: "auth") }

    func find(_ organization: OrganizationID, _ member: PersonID, in tx: Transaction) async throws -> MemberProfile? {
        let row = try await tx.first(
            """
            select training_phase, motivation, date_of_birth, emergency_contact, source, home_location_id, preferences::text,
                metadata::text, joined_at, version
            from member_profiles where organization_id = \(organization) and person_id = \(member)
            """, as: Row.self)
        guard let row, let key = try await keys.find(organization, member, in: tx) else { return nil }
        return try row.opened(PersonSeal(key: key, organization, member), member)
    }

    /// Writes a profile, whose person was found `locked`, one version up.
    ///
    /// - Throws: ``Problem`` `.validation` when there is no such location.
    func save(_ profile: MemberProfile, _ organization: OrganizationID, now: Date, in tx: Transaction) async throws -> MemberProfile {
        let member = profile.memberID
        let seal = PersonSeal(key: try await keys.obtain(organization, member, in: tx), organization, member)
        var saved = profile
        saved.version += 1
        try await tx.execute(
            """
            update member_profiles
            set training_phase = \(try profile.trainingPhase.map { try seal.seal($0.rawValue, "training_phase") }),
                motivation = \(try profile.motivation.map { try seal.seal($0.rawValue, "motivation") }),
                date_of_birth = \(try profile.dateOfBirth.map { try seal.seal($0.rawValue, "date_of_birth") }),
                emergency_contact = \(try profile.emergencyContact.map { try seal.seal(try JSON.text(of: $0), "emergency_contact") }),
                source = \(profile.source), home_location_id = \(profile.homeLocationID),
                preferences = \(try JSON.text(of: profile.preferences))::jsonb, metadata = \(try JSON.text(of: profile.metadata))::jsonb,
                updated_at = \(now), version = \(saved.version)
            where organization_id = \(organization) and person_id = \(member)
            """)
        return saved
    }

    /// How somebody who was just added came.
    func note(_ source: MemberSource, of member: PersonRecord, in tx: Transaction) {
        tx.later(
            """
            update member_profiles set source = \(source)
            where organization_id = \(member.organizationID) and person_id = \(member.personID)
            """)
    }

    func sources(_ organization: OrganizationID, in tx: Transaction) async throws -> [CountMemberSources.Count] {
        struct Row: Decodable, Sendable {
            var source: MemberSource?
            var members: Int
        }
        let rows: [Row] = try await tx.query(
            """
            select m.source, count(*) as members
            from people p join member_profiles m using (organization_id, person_id)
            where p.organization_id = \(organization) and p.deleted_at is null and 'member' = any(p.roles)
            group by m.source order by count(*) desc, m.source
            """)
        return rows.map { CountMemberSources.Count(source: $0.source, members: $0.members) }
    }

    private struct Row: Decodable, Sendable {
        var trainingPhase: Data?
        var motivation: Data?
        var dateOfBirth: Data?
        var emergencyContact: Data?
        var source: MemberSource?
        var homeLocationID: LocationID?
        var preferences: String
        var metadata: String
        var joinedAt: Date
        var version: Int64

        func opened(_ seal: PersonSeal, _ member: PersonID) throws -> MemberProfile {
            MemberProfile(
                memberID: member, trainingPhase: try trainingPhase.flatMap { Note(rawValue: try seal.open($0, "training_phase")) },
                motivation: try motivation.flatMap { Note(rawValue: try seal.open($0, "motivation")) },
                dateOfBirth: try dateOfBirth.flatMap { LocalDay(rawValue: try seal.open($0, "date_of_birth")) },
                emergencyContact: try emergencyContact.map { try JSON.read(seal.open($0, "emergency_contact")) }, source: source,
                homeLocationID: homeLocationID, preferences: try JSON.read(preferences), metadata: try JSON.read(metadata),
                joinedAt: joinedAt, version: version)
        }
    }
}

extension JSON {
    /// As it is kept in a column.
    static func text(of value: some Encodable) throws -> String { String(decoding: try encode(value), as: UTF8.self) }
    static func read<T: Decodable>(_ text: String) throws -> T { try decode(T.self, from: Data(text.utf8)) }
}
