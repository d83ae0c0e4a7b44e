public import ContractKit

/// A file of comma-separated values (RFC 4180) of at most 1,000,000 bytes, with or without a byte order mark.
public struct CSVText: RuledValue {
    public static let limit = 1_000_000

    public let rawValue: String

    public init?(rawValue: String) {
        guard rawValue.utf8.count <= Self.limit, !rawValue.utf8.contains(0) else { return nil }
        self.rawValue = rawValue
    }

    public static let rule = "must be at most 1,000,000 bytes, without U+0000"
    public static let schema: JSONValue = ["type": "string", "maxLength": .int(limit)]
    public static var example: Self { Self(trusted: "full_name,email\nMia Member,mia@example.com") }
    private init(trusted: String) { rawValue = trusted }
}

/// Adds the members of a file. A row that breaks a rule is rejected and named, the others are added; nobody is invited by it.
///
/// The first line names the columns, in any order and case: `full_name`, or `first_name` and `last_name`; and, as you like, `email`, `phone`,
/// `role` (`member`, or `TRAINEE` as others say) and `source`. Other columns are passed over.
public struct ImportMembers: APIOperation {
    public static let route = Route.post("/v1/members/import")
    public static let summary = "Add members from a file of comma-separated values"
    public static let access = Access.any(.staff(.managePeople))
    public static let success = 200
    public static let bodyLimit = 2 << 20

    public init() {}

    public struct Body: Codable, Sendable {
        public var csv: CSVText
        /// Only says what it would do.
        public var dryRun: Bool?

        public init(csv: CSVText, dryRun: Bool? = nil) {
            self.csv = csv
            self.dryRun = dryRun
        }
    }

    public struct Output: Codable, Sendable, Equatable {
        public var dryRun: Bool
        /// How many were added, or would be.
        public var imported: Int
        public var rejected: [RejectedMember]
        /// The columns that were passed over.
        public var ignoredColumns: [String]

        public init(dryRun: Bool, imported: Int, rejected: [RejectedMember], ignoredColumns: [String]) {
            self.dryRun = dryRun
            self.imported = imported
            self.rejected = rejected
            self.ignoredColumns = ignoredColumns
        }
    }
}

/// A row that was not taken, with one thing that is wrong with it.
public struct RejectedMember: Codable, Sendable, Equatable {
    /// The line of the file on which the row begins; the heading is on line 1.
    public var line: Int
    /// The column at fault: `email`.
    public var pointer: String
    public var detail: String

    public init(line: Int, pointer: String, detail: String) {
        self.line = line
        self.pointer = pointer
        self.detail = detail
    }
}
