import CLibPQ

/// The rows of one statement, in libpq's memory.
struct ResultSet: Sendable {
    let columns: Columns
    private let result: Result

    /// Nobody writes to a result once libpq has handed it out, and any thread may read it.
    private final class Result: @unchecked Sendable {
        let raw: OpaquePointer
        init(_ raw: OpaquePointer) { self.raw = raw }
        deinit { PQclear(raw) }
    }

    /// Owns `result` from now on.
    init(_ result: OpaquePointer, columns known: Columns?) {
        columns = known ?? Columns(result)
        self.result = Result(result)
    }

    var rowCount: Int { Int(PQntuples(result.raw)) }

    /// `COMMIT`, `INSERT 0 1`.
    var tag: String { PQcmdStatus(result.raw).map { String(cString: $0) } ?? "" }

    /// How many rows a statement touched.
    var touched: Int { PQcmdTuples(result.raw).flatMap { Int(String(cString: $0)) } ?? 0 }

    func field(row: Int, column: Int) -> Field {
        let (type, row, column) = (columns.types[column], Int32(row), Int32(column))
        let count = PQgetlength(result.raw, row, column)
        // Null has no length.
        if count == 0, PQgetisnull(result.raw, row, column) == 1 { return Field(type: type, owner: result, start: nil, count: 0) }
        return Field(type: type, owner: result, start: PQgetvalue(result.raw, row, column), count: count)
    }
}
