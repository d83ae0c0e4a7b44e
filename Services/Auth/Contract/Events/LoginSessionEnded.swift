public import ContractKit

/// A login session ended; its access tokens are refused from now on.
public struct LoginSessionEnded: Event, Equatable {
    public static let type = "auth.login_session.ended.v1"
    public static let summary = "A login session ended; its access tokens are refused from now on"
    public static let audience = Audience.everyProcess

    public var organizationID: OrganizationID
    public var loginSessionID: LoginSessionID
    public var personID: PersonID
    public var reason: EndReason
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("login_session", loginSessionID, version: version) }

    public init(organizationID: OrganizationID, loginSessionID: LoginSessionID, personID: PersonID, reason: EndReason, version: Int64) {
        self.organizationID = organizationID
        self.loginSessionID = loginSessionID
        self.personID = personID
        self.reason = reason
        self.version = version
    }

    public enum EndReason: String, Words {
        case loggedOut = "logged_out"
        case ended = "ended"
        case refreshTokenReused = "refresh_token_reused"
        case passwordChanged = "password_changed"
        /// Or made inactive.
        case personRemoved = "person_removed"
        case accountDeleted = "account_deleted"
    }
}
