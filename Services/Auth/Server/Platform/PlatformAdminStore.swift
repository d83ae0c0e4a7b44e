import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres

/// Those who run the installation, as the tables hold them.
struct PlatformAdminRow: Decodable, Sendable {
    static let columns: SQL = """
        a.platform_admin_id, a.username, a.email, a.password_hash, a.pepper_kid, a.is_active, a.totp_secret, a.totp_enabled_at,
        a.totp_last_step, a.last_login_at, a.created_at, a.updated_at, a.version
        """

    var platformAdminID: PlatformAdminID
    var username: Username
    /// Sealed.
    var email: Data
    var passwordHash: String
    var pepperKid: String
    var isActive: Bool
    /// Sealed.
    var totpSecret: Data?
    var totpEnabledAt: Date?
    var totpLastStep: Int64
    var lastLoginAt: Date?
    var createdAt: Date
    var updatedAt: Date
    var version: Int64

    var password: PasswordHash { PasswordHash(text: passwordHash, pepperID: pepperKid) }
}

struct PlatformAdminStore: Sendable {
    let ring: KeyRing

    func find(_ username: Username, in tx: Transaction) async throws -> PlatformAdminRow? {
        try await tx.first("select \(PlatformAdminRow.columns) from platform_admins a where a.username = \(username)")
    }

    /// - Parameter locked: Nobody else changes them until the transaction ends.
    func find(_ id: PlatformAdminID, locked: Bool = false, in tx: Transaction) async throws -> PlatformAdminRow? {
        let lock: SQL = locked ? "for no key update" : ""
        return try await tx.first("select \(PlatformAdminRow.columns) from platform_admins a where a.platform_admin_id = \(id) \(lock)")
    }

    func list(cursor: Cursor?, limit: PageLimit, in tx: Transaction) async throws -> Page<PlatformAdmin> {
        let after: PlatformAdminID? = cursor?.id(0)
        let further: SQL = after.map { "where a.platform_admin_id > \($0)" } ?? ""
        let rows: [PlatformAdminRow] = try await tx.query(
            """
            select \(PlatformAdminRow.columns) from platform_admins a \(further)
            order by a.platform_admin_id limit \(limit.rawValue + 1)
            """)
        return Page(rows: try rows.map(shown), limit: limit) { Cursor($0.id) }
    }

    /// - Throws: ``Problem`` `.usernameTaken`, `.emailTaken`.
    func insert(
        _ username: Username, _ email: EmailAddress, _ password: PasswordHash, now: Date, in tx: Transaction
    ) async throws -> PlatformAdminID {
        let id = PlatformAdminID(now: now)
        do {
            try await tx.execute(
                """
                insert into platform_admins (platform_admin_id, username, email_index, email, password_hash, pepper_kid, created_at,
                    updated_at)
                values (\(id), \(username), \(ring.blindIndex(email.normalized, purpose: "auth.platform_admins.email")),
                    \(try ring.seal(email.rawValue, context: Self.context(.email, id)).data), \(password.text), \(password.pepperID), \(now),
                    \(now))
                """)
        } catch let error as DatabaseError {
            throw error.refusal(["platform_admins_username_key": .usernameTaken, "platform_admins_email_index_key": .emailTaken])
        }
        return id
    }

    func change(_ id: PlatformAdminID, isActive: Bool, now: Date, in tx: Transaction) async throws {
        try await tx.execute(
            """
            update platform_admins set is_active = \(isActive), updated_at = \(now), version = version + 1
            where platform_admin_id = \(id)
            """)
    }

    /// Another password, and no second factor: whoever lost both begins again.
    ///
    /// - Returns: Whether there is somebody by that name.
    func reset(_ username: Username, _ password: PasswordHash, now: Date, in tx: Transaction) async throws -> PlatformAdminID? {
        try await tx.first(
            """
            update platform_admins set password_hash = \(password.text), pepper_kid = \(password.pepperID), totp_secret = null,
                totp_enabled_at = null, totp_last_step = 0, is_active = true, updated_at = \(now), version = version + 1
            where username = \(username)
            returning platform_admin_id
            """)
    }

    /// Makes a secret in place of one that no code was given of.
    ///
    /// - Throws: ``Problem`` `.secondFactorEnabled`.
    func enrol(_ id: PlatformAdminID, now: Date, in tx: Transaction) async throws -> TOTP {
        let secret = TOTP.newSecret()
        let sealed = try ring.seal(secret.base64EncodedString(), context: Self.context(.secret, id)).data
        let count = try await tx.execute(
            """
            update platform_admins set totp_secret = \(sealed), updated_at = \(now)
            where platform_admin_id = \(id) and totp_enabled_at is null
            """)
        guard count == 1 else { throw Problem(.secondFactorEnabled) }
        return TOTP(secret: secret)
    }

    /// Uses up a code; the first one enables the second factor.
    ///
    /// - Returns: Whether it was good; of two at once with one code, one is.
    func use(_ code: SecondFactorCode, of id: PlatformAdminID, now: Date, in tx: Transaction) async throws -> Bool {
        guard let admin = try await find(id, locked: true, in: tx), let sealed = admin.totpSecret, code.isTimed,
            let secret = Data(base64Encoded: try ring.open(SealedText(sealed), context: Self.context(.secret, id))), !secret.isEmpty,
            let step = TOTP(secret: secret).step(of: code.rawValue, now: now, after: admin.totpLastStep)
        else { return false }
        try await tx.execute(
            """
            update platform_admins set totp_last_step = \(step), totp_enabled_at = coalesce(totp_enabled_at, \(now)),
                last_login_at = \(now)
            where platform_admin_id = \(id)
            """)
        return true
    }

    func address(of admin: PlatformAdminRow) throws -> EmailAddress {
        let text = try ring.open(SealedText(admin.email), context: Self.context(.email, admin.platformAdminID))
        guard let email = EmailAddress(rawValue: text) else { throw FieldEncryptionError.malformed }
        return email
    }

    func shown(_ row: PlatformAdminRow) throws -> PlatformAdmin {
        PlatformAdmin(
            id: row.platformAdminID, username: row.username, email: try address(of: row), isActive: row.isActive,
            hasSecondFactor: row.totpEnabledAt != nil, lastLoginAt: row.lastLoginAt, createdAt: row.createdAt, updatedAt: row.updatedAt,
            version: row.version)
    }

    /// The columns under the installation's key.
    enum Sealed: String, CaseIterable {
        case email
        case secret = "totp_secret"
    }

    static func context(_ column: Sealed, _ id: PlatformAdminID) -> String { "auth.platform_admins/\(column.rawValue)/\(id)" }
}
