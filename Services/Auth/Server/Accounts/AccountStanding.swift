import AuthContract
import ContractKit
import Foundation
import Postgres

/// Accounts as those see them who run the installation.
extension AccountStore {
    func listed(_ email: EmailAddress, in tx: Transaction) async throws -> ListedAccount? {
        try await tx.first("\(Listed.selection) where email_index = \(index(email))", as: Listed.self)?.account
    }

    /// - Parameter locked: Nobody else changes it, or signs in to it, until the transaction ends.
    func listed(_ id: AccountID, locked: Bool = false, in tx: Transaction) async throws -> ListedAccount? {
        let lock: SQL = locked ? "for no key update" : ""
        return try await tx.first("\(Listed.selection) where account_id = \(id) \(lock)", as: Listed.self)?.account
    }

    /// Writes how an account stands, one version up: what was proved of it before proves nothing any more.
    ///
    /// - Returns: That version.
    func change(_ id: AccountID, to status: Standing, now: Date, in tx: Transaction) async throws -> Int64 {
        let deletedAt = status == .deleted ? now : nil
        return try await tx.one(
            """
            update accounts set status = \(status), deleted_at = \(deletedAt), updated_at = \(now), version = version + 1
            where account_id = \(id)
            returning version
            """)
    }

    private struct Listed: Decodable, Sendable {
        static let selection: SQL = "select account_id, status, deleted_at, created_at from accounts"

        var accountID: AccountID
        var status: Standing
        var deletedAt: Date?
        var createdAt: Date

        var account: ListedAccount { ListedAccount(id: accountID, status: status, deletedAt: deletedAt, createdAt: createdAt) }
    }
}
