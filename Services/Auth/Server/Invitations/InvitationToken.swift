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
        text = "inv1." + SignedSecret(ids: [organization.rawValue, person.rawValue], bound: "inv1", purpose: Self.purpose, ring: ring).text
    }

    /// Nil for what was never an invitation of this installation.
    init?(_ text: String, ring: KeyRing) {
        guard text.hasPrefix("inv1."),
            let secret = SignedSecret(text.dropFirst(5), idCount: 2, bound: "inv1", purpose: Self.purpose, ring: ring)
        else { return nil }
        organizationID = OrganizationID(rawValue: secret.ids[0])
        personID = PersonID(rawValue: secret.ids[1])
        self.text = text
    }

    private static let purpose = "auth.invitation"
}
