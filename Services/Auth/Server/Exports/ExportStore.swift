import AuthContract
import ContractKit
import FieldEncryption
import FileStore
import Foundation
import Messaging
import Postgres

/// What was asked for, what has arrived of it, and the archives it became. All of it goes with the person.
struct ExportStore: Sendable {
    private let keys: PersonKeys
    private let files: Files

    init(ring: KeyRing, files: Files) {
        keys = PersonKeys(ring, service: "auth")
        self.files = files
    }

    /// How long an export is there, finished or not.
    static let lifetime: TimeInterval = 7 * 86_400

    /// Asks every service, unless that is under way.
    func open(
        _ person: PersonID, _ organization: OrganizationID, by requester: PersonID, now: Date, in tx: Transaction
    ) async throws -> Export {
        let (id, isOwn) = (ExportID(now: now), requester == person)
        let expires = now.addingTimeInterval(Self.lifetime)
        let made = try await tx.execute(
            """
            insert into exports (organization_id, export_id, person_id, requested_by, is_own, expires_at, created_at, updated_at)
            values (\(organization), \(id), \(person), \(requester), \(isOwn), \(expires), \(now), \(now))
            on conflict (organization_id, person_id, is_own) where finished_at is null do nothing
            """)
        if made == 1 {
            try await tx.execute(
                "insert into due_exports (organization_id, export_id, due_at) values (\(organization), \(id), \(expires))")
            try await tx.emit(ExportRequested(organizationID: organization, exportID: id, personID: person))
        }
        let row: Row = try await tx.one(
            """
            \(Self.selection)
            where e.organization_id = \(organization) and e.person_id = \(person) and e.is_own = \(isOwn) and e.finished_at is null
            """)
        return row.export
    }

    /// Nil when it has expired, or its person is to be erased.
    ///
    /// - Parameter locked: Nobody else changes it until the transaction ends.
    func find(
        _ id: ExportID, _ organization: OrganizationID, now: Date, locked: Bool = false, in tx: Transaction
    ) async throws -> Export? {
        if locked {
            try await tx.execute(
                "select from exports where organization_id = \(organization) and export_id = \(id) for no key update")
        }
        let row: Row? = try await tx.first(
            """
            \(Self.selection)
            where e.organization_id = \(organization) and e.export_id = \(id) and e.expires_at > \(now) and \(Self.isOfSomebody)
            """)
        return row?.export
    }

    /// - Parameter person: Whose they are; nil for everybody's.
    func list(
        of person: PersonID?, _ organization: OrganizationID, now: Date, cursor: Cursor?, limit: PageLimit, in tx: Transaction
    ) async throws -> Page<Export> {
        let before: ExportID? = cursor?.id(0)
        let further: SQL = before.map { "and e.export_id < \($0)" } ?? ""
        let theirs: SQL = person.map { "and e.person_id = \($0)" } ?? ""
        let rows: [Row] = try await tx.query(
            """
            \(Self.selection)
            where e.organization_id = \(organization) and e.expires_at > \(now) and \(Self.isOfSomebody) \(theirs) \(further)
            order by e.export_id desc limit \(limit.rawValue + 1)
            """)
        return Page(rows: rows.map(\.export), limit: limit) { Cursor($0.id) }
    }

    /// The file of an archive.
    func file(_ number: Int, of export: Export, _ organization: OrganizationID, in tx: Transaction) async throws -> StoredFile? {
        let id: FileID? = try await tx.first(
            """
            select file_id from export_archives
            where organization_id = \(organization) and export_id = \(export.id) and number = \(number)
            """)
        guard let id else { return nil }
        return try await files.find(organization, id, in: tx)
    }

    /// Keeps a part. One that comes again, or for an export that is finished, expired or erased, changes nothing; the last one that was
    /// missing has the archive made.
    func note(
        _ content: String, _ number: Int, isLast: Bool, by service: ErasingService, to id: ExportID, of person: PersonID,
        _ organization: OrganizationID, at time: Date, in tx: Transaction
    ) async throws {
        // Parts of two services at once take turns: the later one sees that it is the last.
        let open = try await tx.execute(
            """
            select from exports where organization_id = \(organization) and export_id = \(id) and person_id = \(person) and finished_at is null
            for no key update
            """)
        guard open == 1, let key = try await keys.find(organization, person, in: tx) else { return }
        let place = Place(service: service, number: number)
        let made = try await tx.execute(
            """
            insert into export_parts (organization_id, export_id, service, number, is_last, content)
            values (\(organization), \(id), \(service), \(number), \(isLast),
                \(try key.seal(content, context: place.context(organization, id))))
            on conflict do nothing
            """)
        guard made == 1 else { return }
        let gathered: [ErasingService] = try await tx.query(
            "select unnest(\(Self.gathered)) from exports e where e.organization_id = \(organization) and e.export_id = \(id)")
        guard gathered.contains(service) else { return }
        try await tx.execute(
            "update exports set version = version + 1, updated_at = \(time) where organization_id = \(organization) and export_id = \(id)")
        guard gathered.count == ErasingService.allCases.count else { return }
        try await tx.execute(
            "update due_exports set due_at = now() where organization_id = \(organization) and export_id = \(id)")
    }

    /// Which parts there are, in their order.
    func parts(of id: ExportID, _ organization: OrganizationID, in tx: Transaction) async throws -> [Place] {
        try await tx.query(
            """
            select service, number from export_parts where organization_id = \(organization) and export_id = \(id)
            order by array_position(\(ErasingService.allCases)::text[], service), number
            """)
    }

    /// Nil once the person is erased.
    func content(
        of place: Place, _ id: ExportID, of person: PersonID, _ organization: OrganizationID, in tx: Transaction
    ) async throws -> String? {
        let sealed: Data? = try await tx.first(
            """
            select content from export_parts
            where organization_id = \(organization) and export_id = \(id) and service = \(place.service) and number = \(place.number)
            """)
        guard let sealed, let key = try await keys.find(organization, person, in: tx) else { return nil }
        return try key.open(sealed, context: place.context(organization, id))
    }

    /// The files of a person that are none of our archives.
    func filesToCarry(of person: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> [FileID] {
        try await tx.query(
            """
            select file_id from files where organization_id = \(organization) and type <> \(FileType.zip) and (
                person_id = \(person)
                -- What a duplicate of theirs had stays sealed under the duplicate's key.
                or person_id in (select person_id from merged_people where organization_id = \(organization) and kept_id = \(person)))
            order by file_id
            """)
    }

    /// Makes the archives the export's, and forgets the parts.
    func finish(
        _ export: Export, _ archives: [(begun: BegunFile, size: Int)], _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws {
        for (number, archive) in zip(1..., archives) {
            try await files.keep(archive.begun, type: .zip, size: archive.size, now: now, in: tx)
            try await tx.execute(
                """
                insert into export_archives (organization_id, export_id, number, file_id, created_at)
                values (\(organization), \(export.id), \(number), \(archive.begun.id), \(now))
                """)
        }
        let expires = now.addingTimeInterval(Self.lifetime)
        try await tx.execute(
            """
            update exports set finished_at = \(now), expires_at = \(expires), updated_at = \(now), version = version + 1
            where organization_id = \(organization) and export_id = \(export.id)
            """)
        try await tx.execute("delete from export_parts where organization_id = \(organization) and export_id = \(export.id)")
        try await postpone(export.id, organization, until: expires, in: tx)
    }

    /// Takes the next export that something is to be done about, and has it to itself for a few minutes: if that comes to nothing, it is due
    /// again then, and the others are not held up.
    func takeDue(in tx: Transaction) async throws -> DueExport? {
        try await tx.first(
            """
            update due_exports set due_at = now() + interval '5 minutes'
            where (organization_id, export_id) = (
                select organization_id, export_id from due_exports where due_at <= now() order by due_at limit 1 for update skip locked)
            returning organization_id, export_id
            """)
    }

    func postpone(_ id: ExportID, _ organization: OrganizationID, until time: Date, in tx: Transaction) async throws {
        try await tx.execute(
            "update due_exports set due_at = \(time) where organization_id = \(organization) and export_id = \(id)")
    }

    /// Removes an export with all that belongs to it, if it is still there.
    func remove(_ id: ExportID, _ organization: OrganizationID, in tx: Transaction) async throws {
        try await tx.execute(
            """
            delete from files where organization_id = \(organization) and file_id in (
                select file_id from export_archives where organization_id = \(organization) and export_id = \(id))
            """)
        try await tx.execute("delete from exports where organization_id = \(organization) and export_id = \(id)")
        try await tx.execute("delete from due_exports where organization_id = \(organization) and export_id = \(id)")
    }

    /// The place of a part.
    struct Place: Decodable, Sendable {
        var service: ErasingService
        var number: Int

        func context(_ organization: OrganizationID, _ export: ExportID) -> String {
            "auth.export_parts/\(organization)/\(export)/\(service.rawValue)/\(number)"
        }
    }

    /// The services of which every part is here.
    private static let gathered: SQL = """
        array(
            select service from export_parts p where p.organization_id = e.organization_id and p.export_id = e.export_id
            group by service having count(*) = max(number) filter (where is_last))
        """
    private static let selection: SQL = """
        select e.export_id, e.person_id, e.requested_by, e.is_own, e.created_at, e.finished_at, e.expires_at, e.version,
            \(gathered) as gathered,
            (select count(*) from export_archives a where a.organization_id = e.organization_id and a.export_id = e.export_id) as archives
        from exports e
        """
    private static let isOfSomebody: SQL = """
        not exists (
            select from erasure_requests r where r.organization_id = e.organization_id and r.person_id = e.person_id)
        """

    private struct Row: Decodable, Sendable {
        var exportID: ExportID
        var personID: PersonID
        var requestedBy: PersonID?
        var isOwn: Bool
        var createdAt: Date
        var finishedAt: Date?
        var expiresAt: Date
        var version: Int64
        var gathered: [ErasingService]
        var archives: Int

        var export: Export {
            Export(
                id: exportID, personID: personID, requestedBy: requestedBy, isOwn: isOwn, createdAt: createdAt, finishedAt: finishedAt,
                expiresAt: expiresAt,
                services: ErasingService.allCases.map { ExportPart(service: $0, isGathered: finishedAt != nil || gathered.contains($0)) },
                archives: archives, version: version)
        }
    }
}

/// An export that something is to be done about.
struct DueExport: Decodable, Sendable {
    var organizationID: OrganizationID
    var exportID: ExportID
}
