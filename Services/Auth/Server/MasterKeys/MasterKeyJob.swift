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
            let sealed = OldSealed(ring: ring)
            try await run.forEachOrganization { organization in
                while try await run.transaction(as: Tenant(organization), { try await sealed.rewrapPeople(of: organization, in: $0) }) {}
            }
            while try await run.transaction({ try await sealed.resealAddresses(in: $0) }) {}
            while try await run.transaction({ try await sealed.resealSecrets(in: $0) }) {}
        }
    }
}

/// What an older master key sealed, a portion at a time. Each method tells whether it found any.
///
/// Whoever erases, changes or enrols meanwhile wins: a row is written only if it still holds what was read.
private struct OldSealed: Sendable {
    let ring: KeyRing
    private let portion = 200

    func rewrapPeople(of organization: OrganizationID, in tx: Transaction) async throws -> Bool {
        struct Row: Decodable, Sendable {
            var personID: PersonID
            var wrapped: Data
        }
        let head = try ring.head()
        let rows = try await tx.query(
            """
            select person_id, wrapped from person_keys
            where organization_id = \(organization) and substring(wrapped from 1 for \(head.count)) <> \(head) limit \(portion)
            """, as: Row.self)
        let keys = PersonKeys(ring, service: "auth")
        for row in rows {
            guard let wrapped = try keys.rewrap(row.wrapped, organization, row.personID) else { continue }
            try await tx.execute(
                """
                update person_keys set wrapped = \(wrapped)
                where organization_id = \(organization) and person_id = \(row.personID) and wrapped = \(row.wrapped)
                """)
        }
        return !rows.isEmpty
    }

    func resealAddresses(in tx: Transaction) async throws -> Bool {
        try await reseal("accounts", "email", AccountStore.context, in: tx)
    }

    func resealSecrets(in tx: Transaction) async throws -> Bool {
        try await reseal("second_factors", "secret", SecondFactorStore.context, in: tx)
    }

    private func reseal(_ table: SQL, _ column: SQL, _ context: (AccountID) -> String, in tx: Transaction) async throws -> Bool {
        struct Row: Decodable, Sendable {
            var accountID: AccountID
            var sealed: Data
        }
        let head = try ring.head()
        let rows = try await tx.query(
            """
            select account_id, \(column) as sealed from \(table) where substring(\(column) from 1 for \(head.count)) <> \(head)
            limit \(portion)
            """, as: Row.self)
        for row in rows {
            guard let sealed = try ring.reseal(SealedText(row.sealed), context: context(row.accountID)) else { continue }
            try await tx.execute(
                "update \(table) set \(column) = \(sealed.data) where account_id = \(row.accountID) and \(column) = \(row.sealed)")
        }
        return !rows.isEmpty
    }
}
