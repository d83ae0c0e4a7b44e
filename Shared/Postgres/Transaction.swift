import Synchronization

/// A transaction that is under way. Statements run one after the other on one connection.
///
/// Child tasks may share it: their statements take turns. It ends with the body that it was given to.
public final class Transaction: Sendable {
    let pool: Pool
    let readOnly: Bool
    let turns = Turns()
    let state: Mutex<State>

    struct State {
        var lease: Lease
        var tenant: Tenant?
        var origin: Origin?
        /// What the next flight takes along.
        var pending: [Pending] = []
        var signals: Set<String> = []
        var savepoints = 0
        /// COMMIT goes along with the next flight.
        var commitsWithNext = false
        var phase = Phase.unsent
        /// A statement failed that the server never saw, and its COMMIT knows nothing of it.
        var isDoomed = false
    }

    /// A statement that waits for the next flight.
    struct Pending {
        var sql: SQL
        /// Looks at what it returned before anything comes of the statement that it goes with.
        var judge: (@Sendable (ResultSet) throws -> Void)?
    }

    enum Phase {
        /// Nothing was sent, not even BEGIN.
        case unsent
        case open
        case ended
    }

    init(pool: Pool, lease: Lease, tenant: Tenant?, origin: Origin?, readOnly: Bool) {
        self.pool = pool
        self.readOnly = readOnly
        state = Mutex(State(lease: lease, tenant: tenant, origin: origin))
    }

    /// All rows, decoded by column name (`session_id` into `sessionID`); a scalar type takes the first column.
    public func query<Row: Decodable & Sendable>(_ sql: SQL, as type: Row.Type = Row.self) async throws -> [Row] {
        try await run(sql).rows()
    }

    /// The first row, or nil when there is none.
    public func first<Row: Decodable & Sendable>(_ sql: SQL, as type: Row.Type = Row.self) async throws -> Row? {
        let result = try await run(sql)
        return result.rowCount == 0 ? nil : try result.row(0, as: Row.self, ColumnFinder(result.columns))
    }

    /// All rows of a type that reads its columns itself.
    public func query<Row: RowReadable>(_ sql: SQL, as type: Row.Type = Row.self) async throws -> [Row] { try await run(sql).rows() }

    /// The first row of a type that reads its columns itself, or nil when there is none.
    public func first<Row: RowReadable>(_ sql: SQL, as type: Row.Type = Row.self) async throws -> Row? {
        try await run(sql).firstRow()
    }

    /// The one row that must be there. - Throws: ``DatabaseError`` of kind `.rowMissing` when it is not.
    public func one<Row: Decodable & Sendable>(_ sql: SQL, as type: Row.Type = Row.self) async throws -> Row {
        guard let row = try await first(sql, as: Row.self) else { throw DatabaseError.rowMissing }
        return row
    }

    /// The one row of a type that reads its columns itself. - Throws: ``DatabaseError`` of kind `.rowMissing` when it is not there.
    public func one<Row: RowReadable>(_ sql: SQL, as type: Row.Type = Row.self) async throws -> Row {
        guard let row = try await first(sql, as: Row.self) else { throw DatabaseError.rowMissing }
        return row
    }

    /// Runs a statement for its effect. - Returns: how many rows it touched.
    @discardableResult public func execute(_ sql: SQL) async throws -> Int { try await run(sql).touched }

    /// Sends a statement along with the next one, or with COMMIT: for inserts whose row count decides nothing.
    public func later(_ sql: SQL) { state.withLock { $0.pending.append(Pending(sql: sql)) } }

    /// Sends a question along with the next statement, and shows its one row to `judge` before anything comes of that statement.
    ///
    /// What `judge` throws comes out of the next statement in place of its outcome, whatever that was, and nothing is committed
    /// after it. Use it for a condition of the whole transaction, whose first statement may then have run in vain.
    public func later<Row: RowReadable>(_ sql: SQL, judge: @escaping @Sendable (Row) throws -> Void) {
        let pending = Pending(sql: sql) { result in
            guard let row: Row = try result.firstRow() else { throw DatabaseError.rowMissing }
            try judge(row)
        }
        state.withLock { $0.pending.append(pending) }
    }

    /// Sends BEGIN and what waits to go with the first statement, unless that is done.
    public func start() async throws {
        if state.withLock({ $0.phase == .unsent && !$0.pending.isEmpty }) { _ = try await send([]) }
    }

    /// The next statement is the last, and COMMIT goes with it, which saves a round trip: for what only reads.
    ///
    /// In a transaction that may write it does nothing: the outcome of its COMMIT has to be known apart from its statements'.
    /// Whatever is sent after it sees the same organization's rows in a transaction of its own.
    public func commitWithNext() { if readOnly { state.withLock { $0.commitsWithNext = true } } }

    /// Changes whose rows the rest of the transaction sees: for sign-up and sign-in, which learn the organization on the way.
    ///
    /// Costs no round trip: it goes with the next statement. `origin`: of what is done from here on, when it is another one.
    public func enter(_ tenant: Tenant, from origin: Origin? = nil) async throws {
        try state.withLock { state in
            if let origin { state.origin = origin }
            let settings = tenant.settings(from: state.origin, isFirst: false)
            switch state.phase {
            case .unsent where state.pending.isEmpty: state.tenant = tenant
            case .unsent: state.pending.append(Pending(sql: settings))
            case .open:
                state.pending.append(Pending(sql: settings))
                // For what comes after COMMIT, if it goes along before the end.
                state.tenant = tenant
            case .ended: throw DatabaseError.ended
            }
        }
    }

    /// Fires ``Database/signals(_:)`` of this name once the transaction is committed.
    public func signal(_ name: String) { state.withLock { _ = $0.signals.insert(name) } }

    private func run(_ sql: SQL) async throws -> ResultSet {
        guard let result = try await send([sql]).last else { throw DatabaseError.lost }
        return result
    }
}

extension ResultSet {
    func rows<Row: Decodable>() throws -> [Row] {
        let (finder, count) = (ColumnFinder(columns), rowCount)
        var rows: [Row] = []
        rows.reserveCapacity(count)
        for number in 0..<count { rows.append(try row(number, as: Row.self, finder)) }
        return rows
    }

    func row<Row: Decodable>(_ number: Int, as type: Row.Type, _ finder: ColumnFinder) throws -> Row {
        finder.startOver()
        return try RowDecoder(set: self, row: number, finder: finder).decode(Row.self)
    }
}
