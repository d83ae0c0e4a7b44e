import AuthContract
import ContractKit
import FieldEncryption
import Foundation

/// What a trainer is besides being somebody.
struct TrainerProfile: Sendable, Equatable {
    var specializations: [Line] = []
    var certifications: [Line] = []
    var bio: Paragraph?
    var experience: Paragraph?
    var businessName: Line?
    var licenseNumber: Line?
    /// The trainer whom they work under.
    var parentID: PersonID?
    var settings = FreeForm.empty
}

/// A person with everything this service knows of them, opened.
struct PersonRecord: Sendable, Equatable, Versioned {
    var organizationID: OrganizationID
    var personID: PersonID
    var accountID: AccountID?
    var roles: [Role]
    /// Where alone they work; empty for everywhere.
    var locationIDs: [LocationID]
    var fullName: Line
    var email: EmailAddress?
    var phone: PhoneNumber?
    var trainerProfile: TrainerProfile
    var isActive: Bool
    var version: Int64
    var createdAt: Date
    var updatedAt: Date

    /// Somebody new.
    init(
        organizationID: OrganizationID, personID: PersonID, accountID: AccountID?, roles: [Role],
        locationIDs: [LocationID] = [], fullName: Line, email: EmailAddress?, phone: PhoneNumber? = nil,
        trainerProfile: TrainerProfile = TrainerProfile(), isActive: Bool = true, version: Int64 = 1, now: Date,
        updatedAt: Date? = nil
    ) {
        self.organizationID = organizationID
        self.personID = personID
        self.accountID = accountID
        self.roles = roles.sorted { $0.rawValue < $1.rawValue }
        self.locationIDs = locationIDs
        self.fullName = fullName
        self.email = email
        self.phone = phone
        self.trainerProfile = trainerProfile
        self.isActive = isActive
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
        person.isActive = body.isActive ?? isActive
        return person
    }

    /// With what `body` gives; equal when that changes nothing.
    func changed(by body: UpdateTrainer.Body) -> PersonRecord {
        var person = self
        person.fullName = body.fullName ?? fullName
        person.email = body.email ?? email
        person.phone = body.phone ?? phone
        person.isActive = body.isActive ?? isActive
        person.trainerProfile.specializations = body.specializations ?? trainerProfile.specializations
        person.trainerProfile.certifications = body.certifications ?? trainerProfile.certifications
        person.trainerProfile.bio = body.bio ?? trainerProfile.bio
        person.trainerProfile.experience = body.experience ?? trainerProfile.experience
        person.trainerProfile.businessName = body.businessName ?? trainerProfile.businessName
        person.trainerProfile.licenseNumber = body.licenseNumber ?? trainerProfile.licenseNumber
        person.trainerProfile.settings = body.settings ?? trainerProfile.settings
        return person
    }

    /// Whether somebody who cannot sign in yet is to be told how, at this address.
    func needsInvitation(before: PersonRecord?) -> Bool { accountID == nil && email != nil && email != before?.email }

    var place: Place { Place(organizationID: organizationID, personID: personID, roles: roles, locationIDs: locationIDs) }

    var person: Person {
        Person(
            id: personID, fullName: fullName, email: email, phone: phone, roles: roles, locationIDs: locationIDs,
            hasAccount: accountID != nil, isActive: isActive, createdAt: createdAt, updatedAt: updatedAt, version: version)
    }

    func trainer(showingContact: Bool) -> Trainer {
        Trainer(
            id: personID, fullName: fullName, email: showingContact ? email : nil, phone: showingContact ? phone : nil, roles: roles,
            locationIDs: showingContact ? locationIDs : nil, specializations: trainerProfile.specializations,
            certifications: trainerProfile.certifications, bio: trainerProfile.bio,
            experience: trainerProfile.experience, businessName: trainerProfile.businessName,
            licenseNumber: showingContact ? trainerProfile.licenseNumber : nil, parentTrainerID: trainerProfile.parentID,
            settings: showingContact ? trainerProfile.settings : nil, hasAccount: accountID != nil, isActive: isActive,
            createdAt: createdAt, updatedAt: updatedAt, version: version)
    }

    func saved(by ring: KeyRing) throws -> PersonSaved {
        PersonSaved(
            organizationID: organizationID, personID: personID, roles: roles, isActive: isActive,
            fullName: try ring.seal(fullName.rawValue, context: PersonSaved.context("full_name", personID)),
            email: try email.map { try ring.seal($0.rawValue, context: PersonSaved.context("email", personID)) },
            parentTrainerID: trainerProfile.parentID, version: version)
    }
}

/// Where somebody with an account is known, and as what.
struct Place: Decodable, Sendable, Equatable {
    var organizationID: OrganizationID
    var personID: PersonID
    var roles: [Role]
    /// Where alone they work; empty for everywhere.
    var locationIDs: [LocationID]
    var slug: Slug?

    /// Stands where there is none.
    static var nowhere: Place { Place(organizationID: OrganizationID(), personID: PersonID(), roles: [], locationIDs: []) }
}
