import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres

/// A person as the tables hold them: sealed.
struct PersonRow: Decodable, Sendable {
    var organizationID: OrganizationID
    var personID: PersonID
    var accountID: AccountID?
    var roles: [Role]
    var locationIDs: [LocationID]
    var fullName: Data
    var email: Data?
    var phone: Data?
    var wrapped: Data
    var specializations: [Line]?
    var certifications: [Line]?
    var bio: Data?
    var experience: Data?
    var businessName: Data?
    var licenseNumber: Data?
    var parentID: PersonID?
    var settings: String?
    var isActive: Bool
    var version: Int64
    var createdAt: Date
    var updatedAt: Date

    static let columns: SQL = """
        p.organization_id, p.person_id, p.account_id, p.roles, p.location_ids, p.full_name, p.email, p.phone, k.wrapped,
        t.specializations, t.certifications, t.bio, t.experience, t.business_name, t.license_number, t.parent_id, t.settings::text as settings, p.is_active,
        p.version, p.created_at, p.updated_at
        """
    static let tables: SQL = """
        people p join person_keys k using (organization_id, person_id)
        left join trainer_profiles t using (organization_id, person_id)
        """

    func opened(with keys: PersonKeys) throws -> PersonRecord {
        let seal = PersonSeal(key: try keys.unwrap(wrapped, organizationID, personID), organizationID, personID)
        guard let fullName = Line(rawValue: try seal.open(fullName, "full_name")) else { throw FieldEncryptionError.malformed }
        return PersonRecord(
            organizationID: organizationID, personID: personID, accountID: accountID, roles: roles, locationIDs: locationIDs,
            fullName: fullName, email: try email.flatMap { EmailAddress(rawValue: try seal.open($0, "email")) },
            phone: try phone.flatMap { PhoneNumber(rawValue: try seal.open($0, "phone")) },
            trainerProfile: TrainerProfile(
                specializations: specializations ?? [], certifications: certifications ?? [],
                bio: try bio.flatMap { Paragraph(rawValue: try seal.open($0, "bio")) },
                experience: try experience.flatMap { Paragraph(rawValue: try seal.open($0, "experience")) },
                businessName: try businessName.flatMap { Line(rawValue: try seal.open($0, "business_name")) },
                licenseNumber: try licenseNumber.flatMap { Line(rawValue: try seal.open($0, "license_number")) }, parentID: parentID,
                settings: try settings.map { try JSON.read($0) } ?? .empty),
            isActive: isActive, version: version, now: createdAt, updatedAt: updatedAt)
    }
}
