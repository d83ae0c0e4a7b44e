import Postgres

/// A relay's own session with the database, and the lock on it that only one relay of a service can hold.
///
/// The lock lives and dies with the session, so everything the leader does goes through it: once the session is gone,
/// nothing it does takes effect.
struct RelayLeadership: Sendable {
    private let session: DatabaseSession
    private let lock: String

    init(service: String, database: Database) async throws {
        session = try await database.session()
        lock = "\(service).relay"
    }

    /// Tries to become, and then is, the leader; asked once more it would have to be given up once more.
    func isWon() async throws -> Bool {
        try await session.query("select pg_try_advisory_lock(hashtextextended(\(lock), 0))", as: Bool.self).first ?? false
    }

    func query<Row: Decodable & Sendable>(_ sql: SQL, before: [SQL] = [], as type: Row.Type) async throws -> [Row] {
        try await session.query(sql, before: before, as: type)
    }

    @discardableResult func execute(_ sql: SQL) async throws -> Int { try await session.execute(sql) }

    func end() async { await session.close() }
}
