import AuthContract
import ContractKit
import Crypto
import FieldEncryption
import Foundation
import Postgres

/// The second factors of accounts: a secret that an authenticator app shares, or codes that are mailed, and recovery codes for when that
/// is lost.
struct SecondFactorStore: Sendable {
    static let recoveryCodeCount = 10

    let ring: KeyRing
    var mailed: OneTimeCodeStore { OneTimeCodeStore(ring: ring) }

    /// Nil when none is enabled.
    func kind(of account: AccountID, in tx: Transaction) async throws -> SecondFactorKind? {
        try await find(account, in: tx)?.kind
    }

    func isEnabled(_ account: AccountID, in tx: Transaction) async throws -> Bool {
        try await tx.first("select 1 from second_factors where account_id = \(account) and enabled_at is not null", as: Int.self) != nil
    }

    /// Uses up a code.
    ///
    /// - Returns: Whether it was good; of two at once with one code, one is.
    func use(_ code: SecondFactorCode, of account: AccountID, now: Date, in tx: Transaction) async throws -> Bool {
        guard let factor = try await find(account, locked: true, in: tx), factor.enabledAt != nil else { return false }
        guard code.isTimed else {
            return try await tx.execute(
                """
                update recovery_codes set used_at = \(now)
                where account_id = \(account) and code_hash = \(hash(code.rawValue, account)) and used_at is null
                """) == 1
        }
        guard let secret = factor.secret else { return try await mailed.use(code, of: account, now: now, in: tx) }
        let totp = TOTP(secret: try open(secret, account))
        guard let step = totp.step(of: code.rawValue, now: now, after: factor.lastStep) else { return false }
        try await tx.execute("update second_factors set last_step = \(step) where account_id = \(account)")
        return true
    }

    func state(of account: AccountID, in tx: Transaction) async throws -> SecondFactor {
        let factor = try await find(account, in: tx)
        let left: Int64 = try await tx.one("select count(*) from recovery_codes where account_id = \(account) and used_at is null")
        return SecondFactor(
            isEnabled: factor?.enabledAt != nil, kind: factor?.kind, enabledAt: factor?.enabledAt, recoveryCodesLeft: Int(left))
    }

    /// Codes are mailed from now on.
    ///
    /// - Throws: ``Problem`` `.secondFactorEnabled`.
    func enableMail(_ account: AccountID, now: Date, in tx: Transaction) async throws {
        let count = try await tx.execute(
            """
            insert into second_factors (account_id, enabled_at, created_at) values (\(account), \(now), \(now))
            on conflict (account_id) do update set secret = null, enabled_at = excluded.enabled_at, created_at = excluded.created_at
            where second_factors.enabled_at is null
            """)
        guard count == 1 else { throw Problem(.secondFactorEnabled) }
    }

    /// Makes a secret in place of one that was never confirmed.
    ///
    /// - Throws: ``Problem`` `.secondFactorEnabled`.
    func enrol(_ account: AccountID, now: Date, in tx: Transaction) async throws -> Data {
        let secret = TOTP.newSecret()
        let sealed = try ring.seal(secret.base64EncodedString(), context: Self.context(account)).data
        let count = try await tx.execute(
            """
            insert into second_factors (account_id, secret, created_at) values (\(account), \(sealed), \(now))
            on conflict (account_id) do update set secret = excluded.secret, created_at = excluded.created_at
            where second_factors.enabled_at is null
            """)
        guard count == 1 else { throw Problem(.secondFactorEnabled) }
        return secret
    }

    /// - Returns: The recovery codes.
    /// - Throws: ``Problem`` `.invalidSecondFactor` for a wrong code or without a secret, `.secondFactorEnabled`.
    func confirm(_ account: AccountID, _ code: SecondFactorCode, now: Date, in tx: Transaction) async throws -> [String] {
        guard let factor = try await find(account, locked: true, in: tx) else { throw Problem(.invalidSecondFactor) }
        guard factor.enabledAt == nil else { throw Problem(.secondFactorEnabled) }
        guard code.isTimed, let secret = factor.secret,
            let step = TOTP(secret: try open(secret, account)).step(of: code.rawValue, now: now, after: 0)
        else {
            throw Problem(.invalidSecondFactor)
        }
        try await tx.execute("update second_factors set enabled_at = \(now), last_step = \(step) where account_id = \(account)")
        return try await replaceRecoveryCodes(account, now: now, in: tx)
    }

    func replaceRecoveryCodes(_ account: AccountID, now: Date, in tx: Transaction) async throws -> [String] {
        let codes = (0..<Self.recoveryCodeCount).map { _ in
            // 80 bits: sixteen letters and digits.
            Base32.encode(SymmetricKey(size: .init(bitCount: 80)).withUnsafeBytes { Data($0) }).lowercased()
        }
        try await tx.execute("delete from recovery_codes where account_id = \(account)")
        try await tx.execute(
            """
            insert into recovery_codes (account_id, code_hash, created_at)
            select \(account), code_hash, \(now) from unnest(\(codes.map { hash($0, account) })::bytea[]) code_hash
            """)
        return codes.map(Self.readable)
    }

    func remove(_ account: AccountID, in tx: Transaction) async throws {
        try await tx.execute("delete from recovery_codes where account_id = \(account)")
        try await tx.execute("delete from one_time_codes where account_id = \(account)")
        try await tx.execute("delete from second_factors where account_id = \(account)")
    }

    /// `abcd-efgh-ijkl-mnop`: what somebody can copy from paper.
    private static func readable(_ code: String) -> String {
        stride(from: 0, to: code.count, by: 4).map { code.dropFirst($0).prefix(4) }.joined(separator: "-")
    }

    private struct Row: Decodable, Sendable {
        /// Nil where codes are mailed.
        var secret: Data?
        var enabledAt: Date?
        var lastStep: Int64

        /// Nil until it is enabled.
        var kind: SecondFactorKind? { enabledAt.map { _ in secret == nil ? .mail : .app } }
    }

    private func find(_ account: AccountID, locked: Bool = false, in tx: Transaction) async throws -> Row? {
        let lock: SQL = locked ? "for update" : ""
        return try await tx.first("select secret, enabled_at, last_step from second_factors where account_id = \(account) \(lock)")
    }

    private func open(_ secret: Data, _ account: AccountID) throws -> Data {
        let text = try ring.open(SealedText(secret), context: Self.context(account))
        // Never an empty one in its place: everybody can compute its codes.
        guard let secret = Data(base64Encoded: text), !secret.isEmpty else { throw FieldEncryptionError.malformed }
        return secret
    }

    static func context(_ account: AccountID) -> String { "auth.second_factors/secret/\(account)" }
    private func hash(_ code: String, _ account: AccountID) -> Data {
        ring.blindIndex("\(account)/\(code)", purpose: "auth.recovery_codes")
    }
}
