import AuthContract
import ContractKit

/// What a file of members says, row by row.
struct MemberFile: Equatable {
    static let longest = 1000

    struct Member: Equatable {
        var line: Int
        var fullName: Line
        var email: EmailAddress?
        var phone: PhoneNumber?
        var source: MemberSource?
    }

    var members: [Member] = []
    var rejected: [RejectedMember] = []
    var ignoredColumns: [String] = []

    /// - Throws: ``Problem`` `.validation` when the file is no table, or says no names.
    init(_ text: CSVText) throws(Problem) {
        let table: CSVTable
        do { table = try CSVTable(text.rawValue, limit: Self.longest + 1) } catch {
            throw Problem.invalid("#/csv", "line \(error.line): \(error.reason)")
        }
        guard let heading = table.rows.first else { throw Problem.invalid("#/csv", "must have a heading") }
        let names = heading.fields.map { $0.trimmed.lowercased() }
        guard Set(names).count == names.count else { throw Problem.invalid("#/csv", "must name each column once") }
        guard names.contains("full_name") || (names.contains("first_name") && names.contains("last_name")) else {
            throw Problem.invalid("#/csv", "must have a column full_name, or first_name and last_name")
        }
        // Columns are named by a stranger: they are told again only as far as a line goes.
        ignoredColumns = names.filter { !Self.known.contains($0) }.map { String($0.prefix(100)) }
        for row in table.rows.dropFirst() {
            guard row.fields.count == names.count else {
                reject(row.line, "", "has \(row.fields.count) values, not \(names.count)")
                continue
            }
            take(row, Dictionary(uniqueKeysWithValues: zip(names, row.fields.map(\.trimmed))))
        }
    }

    /// Leaves those out whose address is somebody's already.
    mutating func reject(emails taken: Set<EmailAddress>) {
        for member in members where member.email.map(taken.contains) == true { reject(member.line, "email", Self.inUse) }
        members.removeAll { $0.email.map(taken.contains) == true }
        rejected.sort { $0.line < $1.line }
    }

    private mutating func take(_ row: CSVTable.Row, _ values: [String: String]) {
        func text(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
        let names = [text("first_name"), text("last_name")].compactMap(\.self).joined(separator: " ")
        guard let fullName = Line(rawValue: text("full_name") ?? names) else { return reject(row.line, "full_name", Line.rule) }
        var member = Member(line: row.line, fullName: fullName)
        if let email = text("email") {
            member.email = EmailAddress(rawValue: email)
            guard let address = member.email else { return reject(row.line, "email", EmailAddress.rule) }
            guard !members.contains(where: { $0.email?.normalized == address.normalized }) else {
                return reject(row.line, "email", Self.inUse)
            }
        }
        if let phone = text("phone") {
            member.phone = PhoneNumber(rawValue: phone)
            guard member.phone != nil else { return reject(row.line, "phone", PhoneNumber.rule) }
        }
        if let role = text("role") {
            guard ["member", "trainee"].contains(role.lowercased()) else { return reject(row.line, "role", "must be member or TRAINEE") }
        }
        if let source = text("source") {
            member.source = MemberSource(rawValue: source.lowercased())
            guard member.source != nil else {
                return reject(row.line, "source", "must be one of \(MemberSource.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        members.append(member)
    }

    private mutating func reject(_ line: Int, _ column: String, _ detail: String) {
        rejected.append(RejectedMember(line: line, pointer: column, detail: detail))
    }

    private static let known: Set<String> = ["full_name", "first_name", "last_name", "email", "phone", "role", "source"]
    private static let inUse = "is in use"
}

extension String {
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
