public import ContractKit
public import FieldEncryption
public import Foundation
public import Postgres

public enum FileTag {}
public typealias FileID = Identifier<FileTag>

/// The files of people, sealed under each one's key: rows in a service's table
/// `files(organization_id, file_id, person_id, object_id, type, size, created_at)`, bytes in a ``FileStore``.
///
/// Rows and objects cannot change together. So an object is written down in `loose_files` before it is made, and taken off that list by the
/// transaction that makes its row; a trigger puts it back when the row goes, whatever deletes it. What stays on the list when its time has
/// come is removed by ``removeLoose(in:)``: no crash leaves more than that behind.
public struct Files: Sendable {
    private let store: any FileStore
    private let keys: PersonKeys
    private let service: String

    /// - Parameter service: The schema; an object that was copied from another service's does not open.
    public init(_ store: any FileStore, keys: KeyRing, service: String) {
        self.store = store
        self.keys = PersonKeys(keys, service: service)
        self.service = service
    }

    /// For so many seconds whoever writes an object has to make its row.
    static let patience = 3600

    /// Gets ready to write a file of the person's: to be committed before ``write(_:to:)``.
    public func begin(_ organization: OrganizationID, _ person: PersonID, now: Date, in tx: Transaction) async throws -> BegunFile {
        let begun = BegunFile(
            id: FileID(now: now), object: UUID(), organization: organization, person: person,
            key: try await keys.obtain(organization, person, in: tx))
        try await tx.execute(
            "insert into loose_files (object_id, due_at) values (\(begun.object), now() + make_interval(secs => \(Self.patience)))")
        return begun
    }

    /// Seals and stores it. Not within a transaction: stores take their time.
    ///
    /// - Throws: ``FileStoreError/away(_:)``.
    public func write(_ file: FileContent, to begun: BegunFile) async throws {
        try await store.write(
            try begun.key.sealFile(file.bytes, context: context(begun.organization, begun.person, begun.id)), to: begun.object)
    }

    /// Makes the row of a file that was written: from here on it lasts, if the transaction does.
    ///
    /// - Throws: ``Problem`` `.unavailable` when that took so long that the object was given up.
    public func keep(_ begun: BegunFile, _ file: FileContent, now: Date, in tx: Transaction) async throws {
        try await keep(begun, type: file.type, size: file.bytes.count, now: now, in: tx)
    }

    /// The same of a file that is not in memory any more.
    ///
    /// - Parameter size: In bytes, before it was sealed.
    public func keep(_ begun: BegunFile, type: FileType, size: Int, now: Date, in tx: Transaction) async throws {
        let claimed = try await tx.execute("delete from loose_files where object_id = \(begun.object)")
        guard claimed == 1 else { throw Problem(.unavailable, retryAfter: 1) }
        try await tx.execute(
            """
            insert into files (organization_id, file_id, person_id, object_id, type, size, created_at)
            values (\(begun.organization), \(begun.id), \(begun.person), \(begun.object), \(type), \(size), \(now))
            """)
    }

    /// Nil when there is none, or its person is erased.
    public func find(_ organization: OrganizationID, _ id: FileID, in tx: Transaction) async throws -> StoredFile? {
        struct Row: Decodable, Sendable {
            var personID: PersonID
            var objectID: UUID
            var type: FileType
            var size: Int
            var wrapped: Data
        }
        let row = try await tx.first(
            """
            select f.person_id, f.object_id, f.type, f.size, k.wrapped
            from files f join person_keys k using (organization_id, person_id)
            where f.organization_id = \(organization) and f.file_id = \(id)
            """, as: Row.self)
        return try row.map {
            StoredFile(
                type: $0.type, size: $0.size, object: $0.objectID, key: try keys.unwrap($0.wrapped, organization, $0.personID),
                context: context(organization, $0.personID, id))
        }
    }

    /// Reads and opens it. Not within a transaction.
    ///
    /// - Throws: ``FileStoreError``, ``FieldEncryptionError``.
    public func read(_ file: StoredFile) async throws -> FileContent {
        FileContent(file.type, try file.key.openFile(await store.read(file.object), context: file.context))
    }

    public func delete(_ organization: OrganizationID, _ id: FileID, in tx: Transaction) async throws {
        try await tx.execute("delete from files where organization_id = \(organization) and file_id = \(id)")
    }

    /// Deletes every file that a person has here: the rows with the transaction, the objects soon after it.
    public func deleteAll(of person: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws {
        try await tx.execute("delete from files where organization_id = \(organization) and person_id = \(person)")
    }

    /// Removes objects that no row needs, a portion of them.
    ///
    /// - Returns: Whether there may be more.
    public func removeLoose(in tx: Transaction) async throws -> Bool {
        // Held until they are gone: whoever is late to make a row waits, and then finds none to take off the list.
        let objects: [UUID] = try await tx.query(
            "select object_id from loose_files where due_at <= now() order by due_at limit 20 for update skip locked")
        for object in objects { try await store.remove(object) }
        try await tx.execute("delete from loose_files where object_id = any (\(objects)::uuid[])")
        return objects.count == 20
    }

    private func context(_ organization: OrganizationID, _ person: PersonID, _ file: FileID) -> String {
        "\(service).files/\(organization)/\(person)/\(file)"
    }
}

/// A file that is about to be written.
public struct BegunFile: Sendable {
    public let id: FileID
    let object: UUID
    let organization: OrganizationID
    let person: PersonID
    let key: DataKey
}

/// A file that is there, and what opens it.
public struct StoredFile: Sendable {
    public let type: FileType
    /// In bytes, as it was before it was sealed.
    public let size: Int
    let object: UUID
    let key: DataKey
    let context: String
}
