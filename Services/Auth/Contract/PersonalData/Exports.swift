public import ContractKit
public import Foundation

/// All that is held of a person, gathered from every service into one archive: how far that is.
public struct Export: Codable, Sendable, Equatable, Versioned {
    public var id: ExportID
    public var personID: PersonID
    /// Null when it was somebody who was erased since.
    @Nullable public var requestedBy: PersonID?
    /// Whether the person asked for it themselves. Then it holds their account as well, and is handed to nobody else.
    public var isOwn: Bool
    public var createdAt: Date
    /// When the archive was put together; null until it can be fetched.
    @Nullable public var finishedAt: Date?
    /// When it is removed, with all that was gathered.
    public var expiresAt: Date
    public var services: [ExportPart]
    /// How many archives it is, each of them whole: one, unless files of the person take it beyond 16 MiB. 0 until it is finished.
    public var archives: Int
    public var version: Int64

    public init(
        id: ExportID, personID: PersonID, requestedBy: PersonID?, isOwn: Bool, createdAt: Date, finishedAt: Date?, expiresAt: Date,
        services: [ExportPart], archives: Int, version: Int64
    ) {
        self.id = id
        self.personID = personID
        self.requestedBy = requestedBy
        self.isOwn = isOwn
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.expiresAt = expiresAt
        self.services = services
        self.archives = archives
        self.version = version
    }
}

/// How far a service is.
public struct ExportPart: Codable, Sendable, Equatable {
    public var service: ErasingService
    /// Whether everything that it holds has arrived.
    public var isGathered: Bool

    public init(service: ErasingService, isGathered: Bool) { (self.service, self.isGathered) = (service, isGathered) }
}

/// Has every service gather what it holds of a person. Takes a fresh sign-in. Of one person one is under way at a time: whoever asks again
/// gets that one. It is there for a week.
public struct ExportPerson: APIOperation {
    public static let route = Route.post("/v1/people/{person_id}/exports")
    public static let summary = "Ask for all that is held of a person; trainers and members ask for their own"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer), .own(.member))
    public static let success = 202
    public static let takesKeys = false
    public static let needsFreshSignIn = true
    public typealias Output = Export

    public var personID: PersonID

    public init(personID: PersonID) { self.personID = personID }
}

public struct ListExports: APIOperation {
    public static let route = Route.get("/v1/exports")
    public static let summary = "What was asked for of whom, the last first; trainers and members see their own"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer), .own(.member))
    public static let takesKeys = false
    public typealias Output = Page<Export>

    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

public struct GetExport: APIOperation {
    public static let route = Route.get("/v1/exports/{export_id}")
    public static let summary = "How far an export is, and until when it can be fetched"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer), .own(.member))
    public static let takesKeys = false
    public typealias Output = Export

    public var exportID: ExportID

    public init(exportID: ExportID) { self.exportID = exportID }
}

/// A ZIP archive: a JSON file for each table of each service, the files of the person, and `README.txt`, which says what is what. Takes a
/// fresh sign-in. What a person asked for themselves is for nobody else.
public struct DownloadExport: APIOperation {
    public static let route = Route.get("/v1/exports/{export_id}/archive")
    public static let summary = "The archive of an export, once it is finished"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer), .own(.member))
    public static let takesKeys = false
    public static let needsFreshSignIn = true
    public static let fileTypes: [FileType] = [.zip]
    public static let reads: MemberData? = .client
    public static let accessKind = AccessKind.export
    public static let problems: [ProblemKind] = [.exportNotFinished]
    public typealias Output = FileContent

    public var exportID: ExportID
    /// Which of them, where there are several: the first when it is left out.
    public var number: ArchiveNumber?

    public init(exportID: ExportID, number: ArchiveNumber? = nil) { (self.exportID, self.number) = (exportID, number) }
}

public enum ArchiveNumberRule: NumberRule { public static let range = 1...1000 }
/// Which archive of an export: from 1.
public typealias ArchiveNumber = BoundedInt<ArchiveNumberRule>
