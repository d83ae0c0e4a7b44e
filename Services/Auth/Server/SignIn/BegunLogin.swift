import AuthContract
import ContractKit
import FieldEncryption
import Foundation

/// `mfa1.<milliseconds>.<version>.<remember>.<secret>`: what stands between a right password and a code of the second factor.
///
/// Nothing is kept of it: it runs out soon, dies with the password it was given for, and is worth nothing without a code, which is
/// good once.
struct BegunLogin: Sendable {
    let accountID: AccountID
    /// The account's, when the password was right.
    let accountVersion: Int64
    let organizationID: OrganizationID
    let remember: Bool
    /// To the millisecond.
    let at: Date
    let text: String

    init(
        _ account: AccountID, version: Int64, _ organization: OrganizationID, remember: Bool, at now: Date, ring: KeyRing
    ) {
        let milliseconds = Int64((now.timeIntervalSince1970 * 1000).rounded(.up))
        let fields = ["\(milliseconds)", "\(version)", remember ? "1" : "0"]
        accountID = account
        accountVersion = version
        organizationID = organization
        self.remember = remember
        at = Self.date(milliseconds)
        text = SignedSecret("mfa1", fields, ids: [account.rawValue, organization.rawValue], purpose: Self.purpose, ring: ring).text
    }

    /// Nil for what was never given out by this installation.
    init?(_ text: String, ring: KeyRing) {
        guard let secret = SignedSecret(text, "mfa1", fieldCount: 3, idCount: 2, purpose: Self.purpose, ring: ring),
            let milliseconds = Int64(secret.fields[0]), let version = Int64(secret.fields[1])
        else { return nil }
        accountID = AccountID(rawValue: secret.ids[0])
        organizationID = OrganizationID(rawValue: secret.ids[1])
        accountVersion = version
        remember = secret.fields[2] == "1"
        at = Self.date(milliseconds)
        self.text = text
    }

    func isOpen(for kind: SecondFactorKind, now: Date) -> Bool { now < at.addingTimeInterval(Self.lifetime(kind)) }

    /// In seconds.
    static func lifetime(_ kind: SecondFactorKind) -> Double {
        switch kind {
        case .app: 300
        case .mail: OneTimeCode.lifetime
        }
    }

    private static func date(_ milliseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
    private static let purpose = "auth.begun_login"
}
