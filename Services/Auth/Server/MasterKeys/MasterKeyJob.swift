import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import ServiceKit

extension Job {
    /// Brings everything that lasts under the master key that seals now. After a whole run an older key opens nothing any more but mails and
    /// links that are under way, and may go.
    static func oldMasterKeys(_ ring: KeyRing) -> Job {
        Job("old-master-keys", every: .seconds(6 * 3600)) { run in
            let (keys, sealed) = (PersonKeys(ring, service: "auth"), OldSealed(ring: ring))
            try await run.forEachOrganization { organization in
                while try await run.transaction(as: Tenant(organization), { try await keys.rewrapSome(of: organization, in: $0) }) {}
            }
            while try await run.transaction({ try await sealed.resealAddresses(in: $0) }) {}
            while try await run.transaction({ try await sealed.resealUsernames(in: $0) }) {}
            while try await run.transaction({ try await sealed.resealSecrets(in: $0) }) {}
            while try await run.transaction({ try await sealed.resealPasskeys(in: $0) }) {}
            for column in PlatformAdminStore.Sealed.allCases {
                while try await run.transaction({ try await sealed.resealAdmins(column, in: $0) }) {}
            }
        }
    }
}

/// What an older master key sealed, a portion at a time. Each method tells whether it found any.
///
/// Whoever erases, changes or enrols meanwhile wins: a row is written only if it still holds what was read.
private struct OldSealed: Sendable {
    let ring: KeyRing
    private let portion = 200

    func resealAddresses(in tx: Transaction) async throws -> Bool {
        try await reseal("accounts", "email", of: "account_id", AccountStore.context, in: tx)
    }

    func resealUsernames(in tx: Transaction) async throws -> Bool {
        try await reseal("accounts", "username", of: "account_id", AccountStore.usernameContext, in: tx)
    }

    func resealSecrets(in tx: Transaction) async throws -> Bool {
        try await reseal("second_factors", "secret", of: "account_id", SecondFactorStore.context, in: tx)
    }

    func resealPasskeys(in tx: Transaction) async throws -> Bool {
        try await reseal("passkeys", "name", of: "account_id", PasskeyStore.context, in: tx)
    }

    func resealAdmins(_ column: PlatformAdminStore.Sealed, in tx: Transaction) async throws -> Bool {
        try await reseal(
            "platform_admins", SQL.identifier(column.rawValue), of: "platform_admin_id", { PlatformAdminStore.context(column, $0) }, in: tx)
    }

    private func reseal<Tag>(
        _ table: SQL, _ column: SQL, of key: SQL, _ context: (Identifier<Tag>) -> String, in tx: Transaction
    ) async throws -> Bool {
        let head = try ring.head()
        let rows = try await tx.query(
            """
            select \(key) as id, \(column) as sealed from \(table) where substring(\(column) from 1 for \(head.count)) <> \(head)
            limit \(portion)
            """, as: SealedRow<Tag>.self)
        for row in rows {
            guard let sealed = try ring.reseal(SealedText(row.sealed), context: context(row.id)) else { continue }
            try await tx.execute(
                "update \(table) set \(column) = \(sealed.data) where \(key) = \(row.id) and \(column) = \(row.sealed)")
        }
        return !rows.isEmpty
    }
}

private struct SealedRow<Tag>: Decodable, Sendable {
    var id: Identifier<Tag>
    var sealed: Data
}
