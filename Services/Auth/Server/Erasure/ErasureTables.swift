import ServiceKit

extension AuthService {
    static let tables: [PersonalTable] = ofPeople + ofAccounts + ofOrganizations + PersonalTable.ofEveryService

    /// Their row goes last, and takes most with it.
    private static let ofPeople: [PersonalTable] = [
        .rows("person_keys", ["person_id": .deletedWithPerson]),
        .rows("person_name_grams", ["person_id": .deletedWithPerson]),
        .rows("own_profiles", ["person_id": .deletedWithPerson]),
        .rows("member_profiles", ["person_id": .deletedWithPerson]),
        .rows("member_health", ["person_id": .deletedWithPerson]),
        .rows("trainer_profiles", ["parent_id": .blanked, "person_id": .deletedWithPerson]),
        .rows("trainer_engagements", ["trainer_id": .deletedWithPerson]),
        .rows("trainer_members", ["trainer_id": .deletedWithPerson, "member_id": .deletedWithPerson]),
        .rows("person_photos", ["person_id": .deletedWithPerson]),
        .rows(
            "trainer_documents", ["decided_by": .pseudonymized, "trainer_id": .deletedWithPerson],
            "that somebody decided on another's document, and when"),
        .rows("files", ["person_id": .deletedWithPerson]),
        .nobodys("loose_files", "names of objects, which say nothing; those of files that are gone, until a job has removed them"),
        .rows("member_grants", ["granted_by": .blanked, "trainer_id": .deletedWithPerson, "member_id": .deletedWithPerson]),
        .rows("booked_members", ["trainer_id": .deleted, "member_id": .deleted]),
        .rows("invitations", ["person_id": .deletedWithPerson]),
        .rows("api_keys", ["person_id": .deletedWithPerson]),
        .rows("login_sessions", ["person_id": .deletedWithPerson, "account_id": .deletedWithAccount]),
        .rows("locations", ["owner_id": .blanked]),
        .rows(
            "erasure_requests", ["requested_by": .blanked, "person_id": .kept],
            "that it was asked for, and done, has to be shown; the id alone"),
        .rows("people", ["person_id": .deleted, "account_id": .deletedWithAccount]),
    ]

    private static let ofAccounts: [PersonalTable] = [
        .rows("accounts", ["account_id": .deletedWithAccount]),
        .rows("second_factors", ["account_id": .deletedWithAccount]),
        .rows("recovery_codes", ["account_id": .deletedWithAccount]),
        .rows("account_links", ["account_id": .deletedWithAccount]),
        .rows("one_time_codes", ["account_id": .deletedWithAccount]),
        .rows("passkeys", ["account_id": .deletedWithAccount]),
        .nobodys("passkey_challenges", "digests"),
        .rows("identities", ["account_id": .deletedWithAccount]),
        .rows("provider_sign_ins", ["account_id": .deletedWithAccount]),
        .nobodys("sign_in_failures", "keyed hashes; an account's goes with it"),
        .nobodys("sign_in_addresses", "keyed hashes of network addresses, which run out"),
        .nobodys("mail_allowances", "keyed hashes, which run out"),
    ]

    private static let ofOrganizations: [PersonalTable] = [
        .nobodys("organizations", "the business, with a contact of its own"),
        .nobodys("organization_slugs", "the business"),
        .nobodys("organization_domains", "the business"),
        .nobodys("tax_rates", "the business"),
        .nobodys("platform_admins", "those who run the installation: in no organization"),
        .nobodys("platform_sessions", "those who run the installation: in no organization"),
        .nobodys("app_config", "the installation"),
    ]
}
