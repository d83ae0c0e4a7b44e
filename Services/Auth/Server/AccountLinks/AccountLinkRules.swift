import AuthContract
import Foundation

extension AccountLinkCreated.Purpose {
    /// How long a link is good for, in seconds; nil for news and codes, which have none.
    var lifetime: TimeInterval? {
        switch self {
        case .verifyEmail: 3 * 24 * 3600
        case .changeEmail: 24 * 3600
        // Whoever has it owns the account.
        case .resetPassword: 30 * 60
        case .signInCode, .emailChanging, .passwordChanged, .identityLinked, .passkeyAdded: nil
        }
    }
}

/// The mails of one kind that strangers may still cause to be sent to one address, or one account to others.
struct MailAllowance: Sendable, Equatable, Decodable {
    static let most = 5.0
    /// Five an hour.
    static let perSecond = 5.0 / 3600
    /// Seconds between two mails.
    static let pause = 60.0
    /// After so many seconds an allowance that nobody used is whole again.
    static let memory = most / perSecond

    var mails: Double
    var countedAt: Date

    /// What is left after a mail; nil when none may be sent now.
    func afterMail(now: Date) -> MailAllowance? {
        let quiet = max(0, now.timeIntervalSince(countedAt))
        let left = min(Self.most, mails + quiet * Self.perSecond)
        guard left >= 1, quiet >= Self.pause else { return nil }
        return MailAllowance(mails: left - 1, countedAt: now)
    }
}
