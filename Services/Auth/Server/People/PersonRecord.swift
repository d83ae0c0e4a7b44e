import AuthContract
import ContractKit
import FieldEncryption
import Foundation

/// A person with everything this service knows of them, opened.
struct PersonRecord: Sendable, Equatable {
    var organizationID: OrganizationID
    var personID: PersonID
    var accountID: AccountID?
    var roles: [Role]
    var fullName: Line
    var email: EmailAddress?
    var phone: PhoneNumber?
    var specializations: [Line]
    var version: Int64
    var createdAt: Date
    var updatedAt: Date

    /// Somebody new.
    init(
        organizationID: OrganizationID, personID: PersonID, accountID: AccountID?, roles: [Role], fullName: Line, email: EmailAddress?,
        phone: PhoneNumber? = nil, specializations: [Line] = [], version: Int64 = 1, now: Date, updatedAt: Date? = nil
    ) {
        self.organizationID = organizationID
        self.personID = personID
        self.accountID = accountID
        self.roles = roles.sorted { $0.rawValue < $1.rawValue }
        self.fullName = fullName
        self.email = email
        self.phone = phone
        self.specializations = specializations
        self.version = version
        createdAt = now
        self.updatedAt = updatedAt ?? now
    }

    /// With what `body` gives; equal when that changes nothing.
    func changed(by body: UpdateMember.Body) -> PersonRecord {
        var person = self
        person.fullName = body.fullName ?? fullName
        person.email = body.email ?? email
        person.phone = body.phone ?? phone
        return person
    }

    /// Whether somebody who cannot sign in yet is to be told how, at this address.
    func needsInvitation(before: PersonRecord?) -> Bool { accountID == nil && email != nil && email != before?.email }

    var place: Place { Place(organizationID: organizationID, personID: personID, roles: roles) }

    var person: Person {
        Person(
            id: personID, fullName: fullName, email: email, phone: phone, roles: roles, hasAccount: accountID != nil, createdAt: createdAt,
            updatedAt: updatedAt, version: version)
    }

    func trainer(showingContact: Bool) -> Trainer {
        Trainer(
            id: personID, fullName: fullName, email: showingContact ? email : nil, phone: showingContact ? phone : nil, roles: roles,
            specializations: specializations, hasAccount: accountID != nil, createdAt: createdAt, updatedAt: updatedAt, version: version)
    }

    func saved(isActive: Bool = true, by ring: KeyRing) throws -> PersonSaved {
        PersonSaved(
            organizationID: organizationID, personID: personID, roles: roles, isActive: isActive,
            fullName: try ring.seal(fullName.rawValue, context: PersonSaved.context("full_name", personID)),
            email: try email.map { try ring.seal($0.rawValue, context: PersonSaved.context("email", personID)) }, version: version)
    }
}

/// Where somebody with an account is known, and as what.
struct Place: Decodable, Sendable, Equatable {
    var organizationID: OrganizationID
    var personID: PersonID
    var roles: [Role]
    var slug: Slug?
}
