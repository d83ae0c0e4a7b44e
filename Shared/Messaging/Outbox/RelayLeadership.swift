import Postgres

/// A relay's own session with the database, and the lock on it that only one relay of a service can hold.
///
/// The lock lives and dies with the session, so everything the leader does goes through it: once the session is gone,
/// nothing it does takes effect.
struct RelayLeadership: Sendable {
    private let session: DatabaseSession
    private let lock: String
    /// Shared by those who stand by: the leader learns of them by not getting it for itself.
    private let standby: String

    init(service: String, database: Database) async throws {
        session = try await database.session()
        lock = "\(service).relay"
        standby = "\(service).relay.standby"
    }

    /// To be called once, before the first attempt to win.
    func standBy() async throws {
        try await session.execute("select pg_advisory_lock_shared(hashtextextended(\(standby), 0))")
    }

    /// To be called once, by who has won.
    func lead() async throws {
        try await session.execute("select pg_advisory_unlock_shared(hashtextextended(\(standby), 0))")
    }

    /// Whether nobody stands by, for the leader to ask.
    func isAlone() async throws -> Bool {
        try await session.query("select pg_try_advisory_xact_lock(hashtextextended(\(standby), 0))", as: Bool.self).first ?? false
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
