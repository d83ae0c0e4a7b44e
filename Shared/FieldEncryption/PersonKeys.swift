public import ContractKit
public import Foundation
public import Postgres

/// The data keys of people, in a service's table
/// `person_keys(organization_id uuid, person_id uuid, wrapped bytea, primary key (organization_id, person_id))`.
///
/// Each service has its own table and its own keys: erasing a person destroys one row in each.
public struct PersonKeys: Sendable {
    private let ring: KeyRing
    private let service: String

    /// - Parameter service: The schema; a wrapped key copied from another service's table does not open.
    public init(_ ring: KeyRing, service: String) {
        self.ring = ring
        self.service = service
    }

    /// The person's key, made now when there is none: of two at once both get the same.
    public func obtain(_ organization: OrganizationID, _ person: PersonID, in tx: Transaction) async throws -> DataKey {
        if let key = try await find(organization, person, in: tx) { return key }
        let fresh = try ring.newDataKey(context: context(organization, person))
        try await tx.execute(
            """
            insert into person_keys (organization_id, person_id, wrapped) values (\(organization), \(person), \(fresh.wrapped))
            on conflict do nothing
            """)
        guard let key = try await find(organization, person, in: tx) else { throw FieldEncryptionError.malformed }
        return key
    }

    /// Nil once the person is erased.
    public func find(_ organization: OrganizationID, _ person: PersonID, in tx: Transaction) async throws -> DataKey? {
        let wrapped = try await tx.first(
            "select wrapped from person_keys where organization_id = \(organization) and person_id = \(person)", as: Data.self)
        return try wrapped.map { try unwrap($0, organization, person) }
    }

    /// For a `wrapped` that came along in a join.
    public func unwrap(_ wrapped: Data, _ organization: OrganizationID, _ person: PersonID) throws -> DataKey {
        try ring.unwrap(wrapped, context: context(organization, person))
    }

    /// A fresh key and its wrapped form, for the statement that inserts a new person.
    public func make(_ organization: OrganizationID, _ person: PersonID) throws -> (key: DataKey, wrapped: Data) {
        try ring.newDataKey(context: context(organization, person))
    }

    /// The same key under the master key that seals now; nil when it is under it already.
    public func rewrap(_ wrapped: Data, _ organization: OrganizationID, _ person: PersonID) throws -> Data? {
        try ring.rewrap(wrapped, context: context(organization, person))
    }

    /// Brings some of an organization's keys under the master key that seals now.
    ///
    /// Whoever erases meanwhile wins: a row is written only if it still holds what was read.
    /// - Returns: Whether there were any.
    public func rewrapSome(of organization: OrganizationID, portion: Int = 200, in tx: Transaction) async throws -> Bool {
        struct Row: Decodable, Sendable {
            var personID: PersonID
            var wrapped: Data
        }
        let head = try ring.head()
        let rows = try await tx.query(
            """
            select person_id, wrapped from person_keys
            where organization_id = \(organization) and substring(wrapped from 1 for \(head.count)) <> \(head) limit \(portion)
            """, as: Row.self)
        for row in rows {
            guard let wrapped = try rewrap(row.wrapped, organization, row.personID) else { continue }
            try await tx.execute(
                """
                update person_keys set wrapped = \(wrapped)
                where organization_id = \(organization) and person_id = \(row.personID) and wrapped = \(row.wrapped)
                """)
        }
        return !rows.isEmpty
    }

    private func context(_ organization: OrganizationID, _ person: PersonID) -> String {
        "\(service).person_keys/\(organization)/\(person)"
    }
}
