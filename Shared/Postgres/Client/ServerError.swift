import CLibPQ

extension DatabaseError {
    /// Reads an error result. A FATAL one takes its connection along.
    init(result: OpaquePointer) {
        func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
        let state = field(palestra_diag_sqlstate())
        let severity = field(palestra_diag_severity())
        self.init(
            kind: severity == "FATAL" || severity == "PANIC" || state == nil ? .connectionLost : .server,
            sqlState: state,
            constraint: field(palestra_diag_constraint_name()),
            message: Self.withoutValues(field(palestra_diag_message_primary()) ?? "the connection was lost", sqlState: state))
        // 0A000 stands for much else that is not supported; the function's name tells, in every language.
        isStale = state == "26000" || state == "0A000" && field(palestra_diag_source_function()) == "RevalidateCachedQuery"
    }

    /// Data exceptions quote the value they refuse: `invalid input syntax for type uuid: "..."`.
    static func withoutValues(_ message: String, sqlState: String?) -> String {
        // Scalars, because a value may begin with an accent, which would make one character of it and the quote.
        let scalars = message.unicodeScalars
        guard sqlState?.hasPrefix("22") == true, let first = scalars.firstIndex(of: "\""), let last = scalars.lastIndex(of: "\"") else {
            return message
        }
        return "\(String(scalars[..<first]))\"…\"\(String(scalars[scalars.index(after: last)...]))"
    }

    /// libpq's reason why there is no connection, without the host that it names.
    init(connecting raw: OpaquePointer?) {
        let text = raw.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? "out of memory"
        let line = text.split(separator: "\n").last { $0.contains("failed: ") } ?? text.split(separator: "\n").first ?? ""
        let reason = line.ranges(of: "failed: ").last.map { line[$0.upperBound...] } ?? "the connection parameters were refused"
        self.init(kind: .connectionFailed, message: String(reason))
    }
}
