public import ContractKit

/// A person was added, changed or removed; carries the whole state that other services may know.
public struct PersonSaved: Event, Equatable {
    public static let type = "auth.person.saved.v1"
    public static let summary = "A person was added, changed or removed; carries the whole state that other services may know"

    public var organizationID: OrganizationID
    public var personID: PersonID
    /// Sorted.
    public var roles: [Role]
    /// False once the person is removed.
    public var isActive: Bool
    /// Sealed with `PersonSaved.context("full_name", personID)`.
    public var fullName: SealedText
    /// Sealed likewise, as `email`.
    public var email: SealedText?
    /// The trainer whom a trainer works under.
    public var parentTrainerID: PersonID?
    public var version: Int64

    public var aggregate: Aggregate { Aggregate("person", personID, version: version) }

    public init(
        organizationID: OrganizationID, personID: PersonID, roles: [Role], isActive: Bool, fullName: SealedText, email: SealedText? = nil,
        parentTrainerID: PersonID? = nil, version: Int64
    ) {
        self.organizationID = organizationID
        self.personID = personID
        self.roles = roles
        self.isActive = isActive
        self.fullName = fullName
        self.email = email
        self.parentTrainerID = parentTrainerID
        self.version = version
    }

    /// What a sealed field of a person is bound to: it opens for no other person and field.
    public static func context(_ field: String, _ personID: PersonID) -> String { "auth.person/\(field):\(personID)" }
}
