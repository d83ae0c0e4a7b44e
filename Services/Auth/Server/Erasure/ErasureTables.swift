import AuthContract
import ContractKit
import ServiceKit

extension AuthService {
    static let tables: [PersonalTable] = ofPeople + ofAccounts + ofOrganizations + PersonalTable.ofEveryService

    private static let copied = "what the kept person did not have was copied; the rest stays with the duplicate's row"

    /// Their row goes last, and takes most with it.
    private static let ofPeople: [PersonalTable] = [
        .rows("person_keys", ["person_id": .deletedWithPerson]).without(["wrapped": "a key"])
            .merging(.stays("what was sealed for the duplicate opens with it still: their files, and what gave way")),
        .rows("person_name_grams", ["person_id": .deletedWithPerson]).unexported("keyed hashes of the name")
            .merging(.settled),
        .rows("own_profiles", ["person_id": .deletedWithPerson]).opening(theirs("bio", as: "own_bio"), theirs("photo_url"))
            .merging(.stays(copied)),
        .rows("member_profiles", ["person_id": .deletedWithPerson])
            .opening(
                theirs("training_phase"), theirs("motivation"), theirs("date_of_birth"), theirs("emergency_contact", isJSON: true)
            )
            .merging(.stays(copied)),
        .rows("member_health", ["person_id": .deletedWithPerson])
            .opening(theirs("special_situation"), theirs("medical_info", isJSON: true), theirs("goals"))
            .merging(.stays(copied)),
        .rows("trainer_profiles", ["parent_id": .blanked, "person_id": .deletedWithPerson])
            .opening(
                theirs("bio"), theirs("experience"), theirs("business_name"), theirs("license_number"), theirs("health_info")
            )
            .merelyNaming("parent_id")
            .merging(.settled),
        .rows("trainer_engagements", ["trainer_id": .deletedWithPerson])
            .merging(.settled),
        .rows("trainer_members", ["trainer_id": .deletedWithPerson, "member_id": .deletedWithPerson])
            .merging(.settled),
        .rows("person_photos", ["person_id": .deletedWithPerson])
            .merging(.settled),
        .rows(
            "trainer_documents", ["decided_by": .pseudonymized, "trainer_id": .deletedWithPerson],
            "that somebody decided on another's document, and when"
        )
        .opening(ofDocument("title"), ofDocument("issuer"), ofDocument("number"), ofDocument("reason"))
        .merelyNaming("decided_by")
        .merging(.settled),
        .rows("files", ["person_id": .deletedWithPerson])
            .merging(.stays("sealed under the duplicate's key; photos and documents lead to them")),
        .nobodys("loose_files", "names of objects, which say nothing; those of files that are gone, until a job has removed them"),
        .rows("member_grants", ["granted_by": .blanked, "trainer_id": .deletedWithPerson, "member_id": .deletedWithPerson])
            .merelyNaming("granted_by")
            .merging(.settled),
        .rows("booked_members", ["trainer_id": .deleted, "member_id": .deleted])
            .merging(.settled),
        .rows("invitations", ["person_id": .deletedWithPerson]).without(["token_hash": "of a link that signs in"])
            .merging(.stays("withdrawn: its link names the duplicate")),
        .rows("api_keys", ["person_id": .deletedWithPerson]).without(["secret_hash": "of a key"])
            .merging(.settled),
        .rows("login_sessions", ["person_id": .deletedWithPerson, "account_id": .deletedWithAccount])
            .opening(ofLoginSession("device"), ofLoginSession("address"))
            .without(["refresh_hash": "of a token", "refresh_counter": "it stands in the token"])
            .merging(.stays("ended, and sealed under the duplicate's key")),
        .rows("locations", ["owner_id": .blanked]).merelyNaming("owner_id")
            .merging(.moved(counts: true)),
        .parts("export_parts", of: "exports", by: "export_id", key: "export_id").unexported("parts of an export that is under way"),
        .parts("export_archives", of: "exports", by: "export_id", key: "export_id"),
        .rows("exports", ["requested_by": .blanked, "person_id": .deletedWithPerson]).merelyNaming("requested_by")
            .merging(.stays("sealed under the duplicate's key; archives go within a week")),
        .nobodys("due_exports", "ids of exports that something is to be done about").unexported("a work list"),
        .rows(
            "erasure_requests", ["requested_by": .blanked, "person_id": .kept],
            "that it was asked for, and done, has to be shown; the id alone"
        )
        .merelyNaming("requested_by")
        .merging(.settled),
        .rows(
            "person_merges", ["requested_by": .blanked, "kept_id": .kept, "duplicate_id": .kept],
            "that two people were made one has to be shown; the ids alone"
        )
        .merelyNaming("requested_by")
        .merging(.settled),
        .rows("people", ["person_id": .deleted, "account_id": .deletedWithAccount])
            .opening(theirs("full_name"), theirs("email"), theirs("phone")).without(["email_index": "a keyed hash"])
            .merging(.settled),
    ]

    private static let ofAccount = "an account's, which changes hands as it is"

    private static let ofAccounts: [PersonalTable] = [
        .rows("accounts", ["account_id": .deletedWithAccount])
            .opening(ofAccount("email", AccountStore.context), ofAccount("username", AccountStore.usernameContext))
            .without([
                "email_index": "a keyed hash", "username_index": "a keyed hash", "password_hash": "what checks the password",
                "pepper_kid": "of the password's hash",
            ])
            .merging(.stays(ofAccount)),
        .rows("second_factors", ["account_id": .deletedWithAccount])
            .without(["secret": "what the codes are made from", "last_step": "of the last code"])
            .merging(.stays(ofAccount)),
        .rows("recovery_codes", ["account_id": .deletedWithAccount]).without(["code_hash": "of a code"])
            .merging(.stays(ofAccount)),
        .rows("account_links", ["account_id": .deletedWithAccount])
            .opening(.ring("email") { "auth.account_links/email/\($0.text("account_id"))/\($0.text("purpose"))" })
            .without(["token_hash": "of a link that signs in"])
            .merging(.stays(ofAccount)),
        .rows("one_time_codes", ["account_id": .deletedWithAccount]).without(["code_hash": "of a code"])
            .merging(.stays(ofAccount)),
        .rows("passkeys", ["account_id": .deletedWithAccount])
            .opening(ofAccount("name", PasskeyStore.context))
            .without(["credential": "what the key is found by", "public_key": "what the key is checked with"])
            .merging(.stays(ofAccount)),
        .nobodys("passkey_challenges", "digests"),
        .rows("identities", ["account_id": .deletedWithAccount]).without(["subject_key": "a keyed hash"])
            .merging(.stays(ofAccount)),
        .rows("provider_sign_ins", ["account_id": .deletedWithAccount])
            .unexported("secrets of a sign-in that is under way, for ten minutes")
            .merging(.stays(ofAccount)),
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

    /// Under the person's key, as ``PersonSeal`` seals it.
    private static func theirs(_ column: String, as name: String? = nil, isJSON: Bool = false) -> SealedColumn {
        .person(column, of: "person_id", isJSON: isJSON) { place in
            "auth.people/\(name ?? column)/\(place.organizationID)/\(place.text("person_id"))"
        }
    }

    private static func ofDocument(_ column: String) -> SealedColumn {
        .person(column, of: "trainer_id") { place in
            "auth.people/trainer_documents/\(place.text("document_id"))/\(column)/\(place.organizationID)/\(place.text("trainer_id"))"
        }
    }

    private static func ofLoginSession(_ column: String) -> SealedColumn {
        .person(column, of: "person_id") { place in
            "auth.login_sessions/\(column)/\(place.organizationID)/\(place.text("login_session_id"))"
        }
    }

    private static func ofAccount(_ column: String, _ context: @escaping @Sendable (AccountID) -> String) -> SealedColumn {
        .ring(column) { place in AccountID(place.text("account_id")).map(context) ?? "" }
    }
}
