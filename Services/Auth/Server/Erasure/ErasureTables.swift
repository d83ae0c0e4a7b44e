import ServiceKit

extension AuthService {
    static let tables: [PersonalTable] = ofPeople + ofAccounts + ofOrganizations + PersonalTable.ofEveryService

    private static let copied = "what the kept person did not have was copied; the rest stays with the duplicate's row"

    /// Their row goes last, and takes most with it.
    private static let ofPeople: [PersonalTable] = [
        .rows("person_keys", ["person_id": .deletedWithPerson])
            .merging(.stays("what was sealed for the duplicate opens with it still: their files, and what gave way")),
        .rows("person_name_grams", ["person_id": .deletedWithPerson]).merging(.settled),
        .rows("own_profiles", ["person_id": .deletedWithPerson]).merging(.stays(copied)),
        .rows("member_profiles", ["person_id": .deletedWithPerson]).merging(.stays(copied)),
        .rows("member_health", ["person_id": .deletedWithPerson]).merging(.stays(copied)),
        .rows("trainer_profiles", ["parent_id": .blanked, "person_id": .deletedWithPerson]).merging(.settled),
        .rows("trainer_engagements", ["trainer_id": .deletedWithPerson]).merging(.settled),
        .rows("trainer_members", ["trainer_id": .deletedWithPerson, "member_id": .deletedWithPerson]).merging(.settled),
        .rows("person_photos", ["person_id": .deletedWithPerson]).merging(.settled),
        .rows(
            "trainer_documents", ["decided_by": .pseudonymized, "trainer_id": .deletedWithPerson],
            "that somebody decided on another's document, and when"
        ).merging(.settled),
        .rows("files", ["person_id": .deletedWithPerson])
            .merging(.stays("sealed under the duplicate's key; photos and documents lead to them")),
        .nobodys("loose_files", "names of objects, which say nothing; those of files that are gone, until a job has removed them"),
        .rows("member_grants", ["granted_by": .blanked, "trainer_id": .deletedWithPerson, "member_id": .deletedWithPerson])
            .merging(.settled),
        .rows("booked_members", ["trainer_id": .deleted, "member_id": .deleted]).merging(.settled),
        .rows("invitations", ["person_id": .deletedWithPerson]).merging(.stays("withdrawn: its link names the duplicate")),
        .rows("api_keys", ["person_id": .deletedWithPerson]).merging(.settled),
        .rows("login_sessions", ["person_id": .deletedWithPerson, "account_id": .deletedWithAccount])
            .merging(.stays("ended, and sealed under the duplicate's key")),
        .rows("locations", ["owner_id": .blanked]).merging(.moved(counts: true)),
        .rows(
            "erasure_requests", ["requested_by": .blanked, "person_id": .kept],
            "that it was asked for, and done, has to be shown; the id alone"
        ).merging(.settled),
        .rows(
            "person_merges", ["requested_by": .blanked, "kept_id": .kept, "duplicate_id": .kept],
            "that two people were made one has to be shown; the ids alone"
        ).merging(.settled),
        .rows("people", ["person_id": .deleted, "account_id": .deletedWithAccount]).merging(.settled),
    ]

    private static let ofAccount = "an account's, which changes hands as it is"

    private static let ofAccounts: [PersonalTable] = [
        .rows("accounts", ["account_id": .deletedWithAccount]).merging(.stays(ofAccount)),
        .rows("second_factors", ["account_id": .deletedWithAccount]).merging(.stays(ofAccount)),
        .rows("recovery_codes", ["account_id": .deletedWithAccount]).merging(.stays(ofAccount)),
        .rows("account_links", ["account_id": .deletedWithAccount]).merging(.stays(ofAccount)),
        .rows("one_time_codes", ["account_id": .deletedWithAccount]).merging(.stays(ofAccount)),
        .rows("passkeys", ["account_id": .deletedWithAccount]).merging(.stays(ofAccount)),
        .nobodys("passkey_challenges", "digests"),
        .rows("identities", ["account_id": .deletedWithAccount]).merging(.stays(ofAccount)),
        .rows("provider_sign_ins", ["account_id": .deletedWithAccount]).merging(.stays(ofAccount)),
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
