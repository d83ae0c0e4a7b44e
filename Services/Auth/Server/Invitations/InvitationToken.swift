import ContractKit
import FieldEncryption
import Foundation

/// `inv1.<secret>`: what stands in an invitation's link. Good once, for one person.
struct InvitationToken: Sendable {
    /// How long an invitation is good for, in seconds: a week.
    static let lifetime = 7.0 * 24 * 3600

    let organizationID: OrganizationID
    let personID: PersonID
    let text: String

    var hash: Data { SignedSecret.hash(text) }

    init(_ organization: OrganizationID, _ person: PersonID, ring: KeyRing) {
        organizationID = organization
        personID = person
        text = SignedSecret("inv1", ids: [organization.rawValue, person.rawValue], purpose: Self.purpose, ring: ring).text
    }

    /// Nil for what was never an invitation of this installation.
    init?(_ text: String, ring: KeyRing) {
        guard let secret = SignedSecret(text, "inv1", idCount: 2, purpose: Self.purpose, ring: ring) else { return nil }
        organizationID = OrganizationID(rawValue: secret.ids[0])
        personID = PersonID(rawValue: secret.ids[1])
        self.text = text
    }

    private static let purpose = "auth.invitation"
}
