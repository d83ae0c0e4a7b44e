public import Foundation

public enum AuditRecordTag {}
/// The id of whatever a row of the audit log is about.
public typealias AuditRecordID = Identifier<AuditRecordTag>

/// One change, or one look at a member's data.
public struct AuditEntry: Codable, Sendable {
    public var createdAt: Date
    public var action: AuditAction
    /// Who did it; null for what a service does by itself.
    @Nullable public var actorID: PersonID?
    /// What did it: an operation, or `reaction:...` or `job:...`.
    public var by: String
    /// The table of the record; of reads, what kind of data was seen.
    public var recordType: String
    /// Of reads, the member whose data it is.
    public var recordID: AuditRecordID
    /// The columns that changed, as they were and as they are: all of a record that was made or is gone. What is sealed stays so, and
    /// secrets are left out. Of reads, `new_values` names what of the member's was seen.
    @Nullable public var oldValues: JSONValue?
    @Nullable public var newValues: JSONValue?
    /// Where the request came from.
    @Nullable public var address: String?
    @Nullable public var userAgent: String?
    @Nullable public var requestID: String?
    /// Of reads only.
    @Nullable public var access: AccessKind?
    @Nullable public var purpose: AccessPurpose?

    public init(
        createdAt: Date, action: AuditAction, actorID: PersonID?, by: String, recordType: String, recordID: AuditRecordID,
        oldValues: JSONValue?, newValues: JSONValue?, address: String?, userAgent: String?, requestID: String?, access: AccessKind?,
        purpose: AccessPurpose?
    ) {
        self.createdAt = createdAt
        self.action = action
        self.actorID = actorID
        self.by = by
        self.recordType = recordType
        self.recordID = recordID
        self.oldValues = oldValues
        self.newValues = newValues
        self.address = address
        self.userAgent = userAgent
        self.requestID = requestID
        self.access = access
        self.purpose = purpose
    }
}

public enum AuditAction: String, Words {
    case create, read, update, delete
}

public enum RecordTypeRule: TextRule {
    public static let length = 1...63
    public static let allowsLineBreaks = false
}
/// The name of a table, or of a kind of data.
public typealias RecordType = BoundedText<RecordTypeRule>

/// What happened in one service, in all services the same: `GET /v1/audit-log/scheduling`.
///
/// Pages follow each other to the end of the log, which is how it is exported.
public struct ListAuditLog<Service: ServiceContract>: APIOperation {
    public static var route: Route { .get("/v1/audit-log/\(Service.name)") }
    public static var name: String { "List\(Service.name.prefix(1).uppercased())\(Service.name.dropFirst())AuditLog" }
    public static var summary: String { "List who changed what, and who saw whose data, in \(Service.name), newest first" }
    public static var access: Access { .any(.staff(.readAudit)) }

    public var actorID: PersonID?
    public var action: AuditAction?
    /// A table, or a kind of data: `bookings`, `client_data`.
    public var recordType: RecordType?
    /// With `record_type` only: the row, or the member whose data was seen.
    public var recordID: AuditRecordID?
    public var accessKind: AccessKind?
    public var purpose: AccessPurpose?
    /// From this moment on, and before that one.
    public var from: Date?
    public var to: Date?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public typealias Output = Page<AuditEntry>

    public init(
        actorID: PersonID? = nil, action: AuditAction? = nil, recordType: RecordType? = nil, recordID: AuditRecordID? = nil,
        accessKind: AccessKind? = nil, purpose: AccessPurpose? = nil, from: Date? = nil, to: Date? = nil, limit: PageLimit? = nil,
        cursor: Cursor? = nil
    ) {
        self.actorID = actorID
        self.action = action
        self.recordType = recordType
        self.recordID = recordID
        self.accessKind = accessKind
        self.purpose = purpose
        self.from = from
        self.to = to
        self.limit = limit
        self.cursor = cursor
    }
}
