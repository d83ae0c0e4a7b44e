import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

/// What the installation is set to. Every key has a row from the beginning.
struct AppConfigStore: Sendable {
    func list(in tx: Transaction) async throws -> [AppConfigEntry] {
        try await tx.query("select \(Row.columns) from app_config order by key", as: Row.self).map(\.entry)
    }

    /// - Parameter locked: Nobody else changes it until the transaction ends.
    func find(_ key: AppConfigKey, locked: Bool = false, in tx: Transaction) async throws -> AppConfigEntry? {
        let lock: SQL = locked ? "for no key update" : ""
        return try await tx.first("select \(Row.columns) from app_config where key = \(key) \(lock)", as: Row.self)?.entry
    }

    /// Whether a switch is on.
    func isOn(_ key: AppConfigKey, in tx: Transaction) async throws -> Bool { try await find(key, in: tx)?.value.rawValue == "true" }

    /// One version up, and said to every process.
    func save(
        _ key: AppConfigKey, _ value: AppConfigValue, description: Line, now: Date, in tx: Transaction
    ) async throws -> AppConfigEntry {
        let row: Row = try await tx.one(
            """
            update app_config set value = \(value), description = \(description), updated_at = \(now), version = version + 1,
                said = said + 1
            where key = \(key)
            returning \(Row.columns)
            """)
        try await say(row, in: tx)
        return row.entry
    }

    /// Says everything once more.
    func sayAll(in tx: Transaction) async throws {
        let rows: [Row] = try await tx.query("update app_config set said = said + 1 returning \(Row.columns)")
        for row in rows { try await say(row, in: tx) }
    }

    private func say(_ row: Row, in tx: Transaction) async throws {
        try await tx.emit(AppConfigChanged(key: row.key, value: row.value, version: row.said))
    }

    private struct Row: Decodable, Sendable {
        static let columns: SQL = "key, value, description, created_at, updated_at, version, said"

        var key: AppConfigKey
        var value: AppConfigValue
        var description: Line
        var createdAt: Date
        var updatedAt: Date
        var version: Int64
        var said: Int64

        var entry: AppConfigEntry {
            AppConfigEntry(
                key: key, value: value, description: description, createdAt: createdAt, updatedAt: updatedAt, version: version)
        }
    }
}
