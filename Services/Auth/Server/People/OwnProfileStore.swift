import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres

/// What people say of themselves, sealed under each one's key.
struct OwnProfileStore: Sendable {
    private let keys: PersonKeys

    init(ring: KeyRing) { keys = PersonKeys(ring, service: "auth") }

    func find(_ organization: OrganizationID, _ person: PersonID, in tx: Transaction) async throws -> (bio: Paragraph?, photo: WebAddress?)
    {
        let row = try await tx.first(
            "select bio, photo_url from own_profiles where organization_id = \(organization) and person_id = \(person)", as: Row.self)
        guard let row, let key = try await keys.find(organization, person, in: tx) else { return (nil, nil) }
        let seal = PersonSeal(key: key, organization, person)
        return (
            try row.bio.flatMap { Paragraph(rawValue: try seal.open($0, "own_bio")) },
            try row.photoURL.flatMap { WebAddress(rawValue: try seal.open($0, "photo_url")) }
        )
    }

    /// In place of what they said before.
    func save(
        _ body: PutOwnProfile.Body, of person: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws {
        let seal = PersonSeal(key: try await keys.obtain(organization, person, in: tx), organization, person)
        try await tx.execute(
            """
            insert into own_profiles (organization_id, person_id, bio, photo_url, created_at, updated_at)
            values (\(organization), \(person), \(try body.bio.map { try seal.seal($0.rawValue, "own_bio") }),
                \(try body.profilePhotoURL.map { try seal.seal($0.rawValue, "photo_url") }), \(now), \(now))
            on conflict (organization_id, person_id) do update
            set bio = excluded.bio, photo_url = excluded.photo_url, updated_at = excluded.updated_at
            """)
    }

    private struct Row: Decodable, Sendable {
        var bio: Data?
        var photoURL: Data?
    }
}
