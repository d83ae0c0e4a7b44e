/// All that one service holds of an organization, in all services the same: `GET /v1/organization/export/scheduling`.
///
/// Pages follow each other through every table to the end. What is sealed is opened; secrets and what checks them are left out. For the owner,
/// who proves once more who they are when it takes longer than five minutes.
public struct ExportOrganization<Service: ServiceContract>: APIOperation {
    public static var route: Route { .get("/v1/organization/export/\(Service.name)") }
    public static var name: String { "Export\(Service.name.prefix(1).uppercased())\(Service.name.dropFirst())Data" }
    public static var summary: String { "Every row that \(Service.name) holds of the organization, for its owner" }
    public static var access: Access { .any(.staff(.exportOrganization)) }
    public static var takesKeys: Bool { false }
    public static var needsFreshSignIn: Bool { true }
    public static var reads: MemberData? { .client }
    public static var accessKind: AccessKind { .export }

    /// Only the rows of this one.
    public var table: RecordType?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public typealias Output = Page<ExportedRow>

    public init(table: RecordType? = nil, limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.table = table
        self.limit = limit
        self.cursor = cursor
    }
}

/// A row of a table.
public struct ExportedRow: Codable, Sendable, Equatable {
    public var table: String
    public var row: StoredRow
    /// Whose data it shows, for the audit log; not sent.
    public var shown: [ShownMember] = []

    public init(table: String, row: StoredRow, shown: [ShownMember] = []) { (self.table, self.row, self.shown) = (table, row, shown) }

    private enum CodingKeys: CodingKey { case table, row }
}

extension ExportedRow: ShowsMembers {}

/// The columns of a row by their names.
public struct StoredRow: RuledValue {
    public let rawValue: JSONValue

    public init?(rawValue: JSONValue) {
        guard case .object = rawValue else { return nil }
        self.rawValue = rawValue
    }

    public static let rule = "must be an object"
    public static let schema: JSONValue = ["type": "object", "additionalProperties": true]
    public static var example: Self { Self(trusted: ["booking_id": "0192f0c1-0000-7000-8000-000000000001", "status": "confirmed"]) }
    private init(trusted: JSONValue) { rawValue = trusted }
}
