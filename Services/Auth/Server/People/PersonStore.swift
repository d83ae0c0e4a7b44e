import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Messaging
import Postgres

/// People, sealed under a key of each one's own, and what others are told of them.
struct PersonStore: Sendable {
    let ring: KeyRing
    private let keys: PersonKeys

    init(ring: KeyRing) {
        self.ring = ring
        keys = PersonKeys(ring, service: "auth")
    }

    /// - Throws: ``Problem`` `.emailTaken` when the organization has somebody by that address.
    func insert(_ person: PersonRecord, in tx: Transaction) async throws {
        let (organization, id) = (person.organizationID, person.personID)
        let (key, wrapped) = try keys.make(organization, id)
        let seal = PersonSeal(key: key, organization, id)
        do {
            try await tx.execute(
                """
                insert into people (organization_id, person_id, account_id, roles, location_ids, full_name, email, email_index, phone,
                    created_at, updated_at)
                values (\(organization), \(id), \(person.accountID), \(person.roles), \(person.locationIDs),
                    \(try seal.seal(person.fullName.rawValue, "full_name")),
                    \(try person.email.map { try seal.seal($0.rawValue, "email") }), \(emailIndex(person.email, organization)),
                    \(try person.phone.map { try seal.seal($0.rawValue, "phone") }), \(person.createdAt), \(person.createdAt))
                """)
        } catch let error as DatabaseError {
            throw error.refusal(Self.refusals)
        }
        try await tx.execute("insert into person_keys (organization_id, person_id, wrapped) values (\(organization), \(id), \(wrapped))")
        if person.roles.contains(.member) { try await insertMemberProfile(of: person, now: person.createdAt, in: tx) }
        if person.roles.contains(.trainer) {
            try await write(person.trainerProfile, of: organization, id, seal, in: tx)
        }
        try await writeGrams(person, in: tx)
        try await tx.emit(try person.saved(by: ring))
    }

    /// Somebody who is there and has `role`, if one is asked for. `locked`: nobody else changes them until the transaction ends.
    func find(
        _ organization: OrganizationID, _ id: PersonID, as role: Role? = nil, locked: Bool = false, in tx: Transaction
    ) async throws -> PersonRecord? {
        let lock: SQL = locked ? "for update of p" : ""
        let row = try await tx.first(
            """
            select \(PersonRow.columns) from \(PersonRow.tables)
            where p.organization_id = \(organization) and p.person_id = \(id) and p.deleted_at is null
                and (\(role)::text is null or \(role)::text = any(p.roles))
            \(lock)
            """, as: PersonRow.self)
        return try row?.opened(with: keys)
    }

    /// Somebody who was removed and is not erased.
    func findRemoved(_ organization: OrganizationID, _ id: PersonID, in tx: Transaction) async throws -> PersonRecord? {
        let row = try await tx.first(
            """
            select \(PersonRow.columns) from \(PersonRow.tables)
            where p.organization_id = \(organization) and p.person_id = \(id) and p.deleted_at is not null
            """, as: PersonRow.self)
        return try row?.opened(with: keys)
    }

    /// Writes the changed fields of a person that was found `locked`, one version up.
    ///
    /// - Throws: ``Problem`` `.emailTaken` when the organization has somebody else by that address.
    func save(_ person: PersonRecord, now: Date, in tx: Transaction) async throws -> PersonRecord {
        let (organization, id) = (person.organizationID, person.personID)
        let seal = PersonSeal(key: try await keys.obtain(organization, id, in: tx), organization, id)
        do {
            try await tx.execute(
                """
                update people set account_id = \(person.accountID), roles = \(person.roles), location_ids = \(person.locationIDs),
                    full_name = \(try seal.seal(person.fullName.rawValue, "full_name")),
                    email = \(try person.email.map { try seal.seal($0.rawValue, "email") }),
                    email_index = \(emailIndex(person.email, organization)),
                    phone = \(try person.phone.map { try seal.seal($0.rawValue, "phone") }), is_active = \(person.isActive),
                    updated_at = \(now), version = version + 1
                where organization_id = \(organization) and person_id = \(id) and version = \(person.version)
                """)
        } catch let error as DatabaseError {
            throw error.refusal(Self.refusals)
        }
        if person.roles.contains(.trainer) { try await write(person.trainerProfile, of: organization, id, seal, in: tx) }
        try await tx.execute("delete from person_name_grams where organization_id = \(organization) and person_id = \(id)")
        try await writeGrams(person, in: tx)
        var saved = person
        saved.version += 1
        saved.updatedAt = now
        try await tx.emit(try saved.saved(by: ring))
        return saved
    }

    /// For somebody who is a member from now on; whoever was one before has theirs.
    func insertMemberProfile(of person: PersonRecord, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            """
            insert into member_profiles (organization_id, person_id, joined_at)
            values (\(person.organizationID), \(person.personID), \(now)) on conflict do nothing
            """)
    }

    func seal(of person: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> PersonSeal {
        PersonSeal(key: try await keys.obtain(organization, person, in: tx), organization, person)
    }

    /// Whether nobody else in the person's organization has the address.
    func isFree(_ email: EmailAddress, for person: PersonRecord, in tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            select 1 from people
            where organization_id = \(person.organizationID) and email_index = \(emailIndex(email, person.organizationID))
                and person_id <> \(person.personID) and deleted_at is null
            """, as: Int.self) == nil
    }

    /// Hides a person that was found `locked`.
    func delete(_ person: PersonRecord, now: Date, in tx: Transaction) async throws {
        let (organization, id) = (person.organizationID, person.personID)
        try await tx.execute(
            """
            update people set is_active = false, deleted_at = \(now), updated_at = \(now), version = version + 1
            where organization_id = \(organization) and person_id = \(id)
            """)
        try await tx.execute("delete from person_name_grams where organization_id = \(organization) and person_id = \(id)")
        var deleted = person
        deleted.version += 1
        deleted.isActive = false
        try await tx.emit(try deleted.saved(by: ring))
    }

    func signedIn(_ organization: OrganizationID, _ person: PersonID, now: Date, in tx: Transaction) async throws {
        try await tx.execute("update people set last_login_at = \(now) where organization_id = \(organization) and person_id = \(person)")
    }

    /// Where somebody may sign in, the last used first. From here on the transaction also sees this account's people.
    func places(of account: AccountID, in tx: Transaction) async throws -> [Place] {
        try await tx.execute("select set_config('app.account_id', \(account.description), true)")
        return try await tx.query(
            """
            select p.organization_id, p.person_id, p.roles, p.location_ids, s.slug
            from people p join organization_slugs s using (organization_id)
            where p.account_id = \(account) and p.deleted_at is null and p.is_active
            order by p.last_login_at desc nulls last, p.organization_id
            """)
    }

    /// Wherever an account is known, also by people who were removed. From here on the transaction also sees this account's people.
    func everyPlace(of account: AccountID, in tx: Transaction) async throws -> [Place] {
        try await tx.execute("select set_config('app.account_id', \(account.description), true)")
        return try await tx.query(
            """
            select organization_id, person_id, roles, location_ids from people
            where account_id = \(account) order by organization_id, person_id
            """)
    }

    func opened(_ row: PersonRow) throws -> PersonRecord { try row.opened(with: keys) }

    private func write(
        _ profile: TrainerProfile, of organization: OrganizationID, _ id: PersonID, _ seal: PersonSeal, in tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into trainer_profiles (organization_id, person_id, specializations, certifications, bio, experience, business_name,
                license_number, parent_id, settings)
            values (\(organization), \(id), \(profile.specializations), \(profile.certifications),
                \(try profile.bio.map { try seal.seal($0.rawValue, "bio") }),
                \(try profile.experience.map { try seal.seal($0.rawValue, "experience") }),
                \(try profile.businessName.map { try seal.seal($0.rawValue, "business_name") }),
                \(try profile.licenseNumber.map { try seal.seal($0.rawValue, "license_number") }), \(profile.parentID),
                \(try JSON.text(of: profile.settings))::jsonb)
            on conflict (organization_id, person_id) do update
            set specializations = excluded.specializations, certifications = excluded.certifications, bio = excluded.bio,
                experience = excluded.experience, business_name = excluded.business_name, license_number = excluded.license_number,
                parent_id = excluded.parent_id, settings = excluded.settings
            """)
    }

    private func writeGrams(_ person: PersonRecord, in tx: Transaction) async throws {
        let grams = ring.blindIndexes(Array(NameGrams.kept(of: person.fullName.rawValue)), purpose: Self.grams(person.organizationID))
        try await tx.execute(
            """
            insert into person_name_grams (organization_id, gram, person_id)
            select \(person.organizationID), gram, \(person.personID) from unnest(\(grams)::bytea[]) as grams(gram)
            """)
    }

    func emailIndex(_ email: EmailAddress?, _ organization: OrganizationID) -> Data? {
        email.map { ring.blindIndex($0.normalized, purpose: "auth.people.email/\(organization)") }
    }

    static func grams(_ organization: OrganizationID) -> String { "auth.people.full_name/\(organization)" }
    private static let refusals: [String: ProblemKind] = ["people_email_key": .emailTaken, "people_account_key": .emailTaken]
}
