import ContractKit
import Foundation

/// What the edge reads off an access token that it has verified.
struct AccessToken: Sendable, Equatable {
    let personID: PersonID
    /// Nil for those who run the installation: they are nobody in an organization.
    let organizationID: OrganizationID?
    /// As log lines have it: made once, for many requests.
    let personText: String
    let loginSessionID: LoginSessionID
    let expires: Date
    /// What it is limited to; nil for what somebody got who signed in.
    let scopes: Set<String>?

    init(
        personID: PersonID, organizationID: OrganizationID?, loginSessionID: LoginSessionID, expires: Date, scopes: Set<String>? = nil
    ) {
        (self.personID, self.organizationID) = (personID, organizationID)
        (self.loginSessionID, self.expires, self.scopes) = (loginSessionID, expires, scopes)
        personText = personID.description
    }
}

/// Why a token is refused; clients are told no more than this.
enum TokenRefusal: String, Error {
    case missing = "an access token is needed"
    case invalid = "the access token is not valid"
    case expired = "the access token has expired"
    case sessionEnded = "the login session has ended"

    /// The 401 that says so.
    var refusal: Refusal {
        let challenge = self == .missing ? "Bearer" : "Bearer error=\"invalid_token\", error_description=\"\(rawValue)\""
        return Refusal(.unauthenticated, rawValue, headers: [("WWW-Authenticate", challenge)])
    }
}
