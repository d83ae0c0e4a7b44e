public import ContractKit
public import Foundation

/// Somebody was invited to set a password and sign in.
public struct InvitationCreated: Event, Equatable {
    public static let type = "auth.invitation.created.v1"
    public static let summary = "Somebody was invited to set a password and sign in"

    public var organizationID: OrganizationID
    public var personID: PersonID
    /// Sealed with `PersonSaved.context("email", personID)`.
    public var email: SealedText
    /// The secret of the link, sealed with `PersonSaved.context("invitation", personID)`.
    public var token: SealedText
    public var expiresAt: Date
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("invitation", personID, version: version) }

    public init(organizationID: OrganizationID, personID: PersonID, email: SealedText, token: SealedText, expiresAt: Date, version: Int64) {
        self.organizationID = organizationID
        self.personID = personID
        self.email = email
        self.token = token
        self.expiresAt = expiresAt
        self.version = version
    }
}
