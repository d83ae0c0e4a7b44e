import Testing

/// What columns must obey, asked of the catalogue. Each exception stands here with its reason, and one that is none any more is noticed.
@Suite struct ColumnRulesTests {
    private func rows(_ query: String) async throws -> [String] { try await DatabaseRulesTests().rows(query) }

    /// Every column of every table, with the table as `auth.people`.
    private static let columns = """
        select nspname || '.' || relname as "table", a.attname as name, a.attnotnull as required, format_type(a.atttypid, -1) as type, a.attnum, t.oid
        from (\(DatabaseRulesTests.tables)) t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        """

    private static func everywhere(_ table: String, _ reason: String) -> [String: String] {
        let schemas = ["auth", "scheduling", "workouts", "billing", "notifications"]
        return Dictionary(uniqueKeysWithValues: schemas.map { ("\($0).\(table)", reason) })
    }

    @Test("S0-13, S2-14: ids are UUIDs, those of links as well") func idsAreUUIDs() async throws {
        #expect(try await rows("select \"table\" || '.' || name from (\(Self.columns)) c where name ~ '(^|_)id$' and type <> 'uuid'") == [])
        let trainers = try await rows(
            "select type from (\(Self.columns)) c where \"table\" = 'auth.trainer_profiles' and name = 'person_id'")
        #expect(trainers == ["uuid"])
    }

    /// Primary keys that hold something else than ids, each with its reason.
    private static let otherKeys: [String: String] = [
        "auth.account_links": "one of each purpose for an account",
        "auth.mail_allowances": "a keyed hash: the address itself is not kept",
        "auth.organization_domains": "the host's name is what is asked for",
        "auth.organization_slugs": "the short name is what is asked for",
        "auth.passkey_challenges": "a hash: the challenge itself is not kept",
        "auth.person_name_grams": "keyed hashes of three letters",
        "auth.provider_sign_ins": "a hash: the state itself is not kept",
        "auth.recovery_codes": "a keyed hash: the code itself is not kept",
        "auth.sign_in_addresses": "a keyed hash: the address itself is not kept",
        "auth.sign_in_failures": "a keyed hash: the address itself is not kept",
        "auth.tax_rates": "at most ten of an organization, by their code",
        "billing.invoice_taxes": "the few taxes of an invoice, by their place",
        "billing.tax_rates": "at most ten of an organization, by their place",
        "workouts.personal_records": "one of each kind",
    ]
    .merging(everywhere("outbox", "the order of publishing is a number")) { $1 }
    .merging(everywhere("inbox", "a reaction's name and the event's id")) { $1 }
    .merging(everywhere("idempotency_keys", "the client chooses the key")) { $1 }
    .merging(everywhere("jobs", "the name of a job")) { $1 }
    .merging(everywhere("audit_log", "the moment, and the order in it")) { $1 }
    .merging(everywhere("audit_seals", "the place in the chain")) { $1 }

    @Test("S0-13, S1-106: primary keys are B-trees on UUIDs") func primaryKeysAreBTreesOnUUIDs() async throws {
        let others = try await rows(
            """
            select nspname || '.' || relname from (\(DatabaseRulesTests.tables)) t
            left join pg_index i on i.indrelid = t.oid and i.indisprimary
            left join pg_am m on m.oid = (select relam from pg_class where oid = i.indexrelid)
            where m.amname is distinct from 'btree' or exists (
                select from pg_attribute a where a.attrelid = t.oid and a.attnum = any(i.indkey) and a.atttypid <> 'uuid'::regtype)
            """)
        #expect(others.sorted() == Self.otherKeys.keys.sorted())
    }

    /// Tables without an organization, each with its reason.
    private static let ownerless: [String: String] = [
        "auth.account_links": "of an account",
        "auth.app_config": "of the installation",
        "auth.loose_files": "objects that are nobody's",
        "auth.mail_allowances": "counted before anybody is known",
        "auth.platform_admins": "they run the installation, and are in no organization",
        "auth.platform_sessions": "of those who run the installation",
        "auth.accounts": "a human across organizations, who owns the row",
        "auth.identities": "of an account",
        "auth.one_time_codes": "of an account",
        "auth.passkey_challenges": "of nobody any more",
        "auth.passkeys": "of an account",
        "auth.provider_sign_ins": "of nobody yet",
        "auth.recovery_codes": "of an account",
        "auth.second_factors": "of an account",
        "auth.sign_in_addresses": "counted before anybody is known",
        "auth.sign_in_failures": "counted before anybody is known",
    ]
    .merging(everywhere("inbox", "ids of events only")) { $1 }
    .merging(everywhere("jobs", "names and times only")) { $1 }
    .merging(everywhere("audit_seals", "digests over the rows of all organizations")) { $1 }

    @Test("S3-61: every row but those of the listed tables has an owner") func everyRowHasAnOwner() async throws {
        let found = try await rows(
            """
            select "table" from (\(Self.columns)) c group by "table" having not bool_or(name = 'organization_id' and required)
            """)
        #expect(found.sorted() == Self.ownerless.keys.sorted())
    }

    /// Tables without `created_at` or `updated_at`, each with its reason.
    private static let otherTimes: [String: String] = [
        "auth.account_links": "never changed: a newer one takes its place",
        "auth.mail_allowances": "a counter; counted_at",
        "auth.api_keys": "changed at last_used_at and revoked_at",
        "auth.files": "never changed",
        "auth.identities": "changed at last_used_at",
        "auth.invitations": "changed once, at accepted_at",
        "auth.loose_files": "a work list",
        "auth.login_sessions": "last_seen_at and ended_at say when it changed",
        "auth.member_profiles": "part of a person; made at joined_at",
        "auth.one_time_codes": "a newer one takes its place",
        "auth.passkey_challenges": "never changed",
        "auth.booked_members": "a counter",
        "auth.member_grants": "made at granted_at; changed once, at revoked_at",
        "auth.organization_slugs": "part of an organization",
        "auth.person_keys": "never changed",
        "auth.person_name_grams": "part of a person",
        "auth.provider_sign_ins": "never changed",
        "auth.organization_domains": "part of an organization",
        "auth.platform_sessions": "second_factor_at and ended_at say when it changed",
        "auth.recovery_codes": "changed once, at used_at",
        "auth.second_factors": "changed once, at enabled_at, and counted on",
        "auth.sign_in_addresses": "a counter; counted_at",
        "auth.sign_in_failures": "a counter; last_failure_at",
        "auth.tax_rates": "part of an organization",
        "auth.trainer_members": "made at started_at; becomes primary or not, and ends at ended_at",
        "auth.trainer_profiles": "part of a person",
        "billing.invoice_counters": "a counter",
        "billing.invoice_lines": "never changed",
        "billing.invoice_taxes": "part of an invoice, never changed",
        "billing.organizations": "a copy: auth keeps the times",
        "billing.payments": "never changed; made at received_at",
        "billing.tax_rates": "a copy: auth keeps the times",
        "notifications.mail_queue": "a work list",
        "notifications.mails": "changed once, at settled_at",
        "notifications.notifications": "changed once, at read_at",
        "notifications.people": "a copy: auth keeps the times",
        "scheduling.bookings": "made at booked_at",
        "scheduling.locations": "a copy: auth keeps the times",
        "scheduling.organizations": "a copy: auth keeps the times",
        "scheduling.people": "a copy: auth keeps the times",
        "scheduling.trainer_engagements": "a copy: auth keeps the times",
        "workouts.member_access": "a copy: auth keeps the times",
        "workouts.people": "a copy: auth keeps the times",
        "workouts.personal_records": "never changed; made at achieved_at",
        "workouts.sets": "never changed; made at logged_at",
    ]
    .merging(everywhere("outbox", "changed once, at published_at")) { $1 }
    .merging(everywhere("inbox", "first_seen and done_at")) { $1 }
    .merging(everywhere("idempotency_keys", "never changed")) { $1 }
    .merging(everywhere("jobs", "started_at and finished_at")) { $1 }
    .merging(everywhere("audit_log", "never changed")) { $1 }
    .merging(everywhere("audit_seals", "never changed")) { $1 }
    .merging(everywhere("erased_people", "never changed")) { $1 }
    .merging(everywhere("merged_people", "changed only with whom they were merged into")) { $1 }

    @Test("S0-12: entities say when they were made and changed") func entitiesSayWhenTheyWereMadeAndChanged() async throws {
        let found = try await rows(
            """
            select "table" from (\(Self.columns)) c
            group by "table" having count(*) filter (
                where name in ('created_at', 'updated_at') and required and type = 'timestamp with time zone') < 2
            """)
        #expect(found.sorted() == Self.otherTimes.keys.sorted())
    }

    /// Columns that are called like a kind or a state and hold other words than a check lists, each with its reason.
    private static let freeWords: [String: String] = [
        "scheduling.sessions.cancel_reason": "what somebody wrote"
    ]
    .merging(everywhere("outbox.type", "names of declared events")) { $1 }
    .merging(everywhere("audit_log.record_type", "names of tables, and of kinds of data that the contract lists")) { $1 }

    @Test("S3-68: kinds and states are from lists") func kindsAndStatesAreListed() async throws {
        let found = try await rows(
            """
            select "table" || '.' || name from (\(Self.columns)) c
            where type in ('text', 'text[]', 'character varying') and name ~ '(^|_)(kind|type|status|state|category|level|method|reason|role|roles)$' and not exists (
                select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[c.attnum]
                and pg_get_constraintdef(k.oid) ~ 'ARRAY\\[''')
            """)
        #expect(found.sorted() == Self.freeWords.keys.sorted())
    }

    /// Moments and days that statements look for or order by, each with the index that serves it.
    private static let asked: [String: String] = [
        "auth.account_links.expires_at": "account_links_expires_at",
        "auth.loose_files.due_at": "loose_files_due_at",
        "auth.mail_allowances.counted_at": "mail_allowances_counted_at",
        "auth.login_sessions.expires_at": "login_sessions_expires",
        "auth.one_time_codes.expires_at": "one_time_codes_expires_at",
        "auth.passkey_challenges.expires_at": "passkey_challenges_expires_at",
        "auth.provider_sign_ins.expires_at": "provider_sign_ins_expires_at",
        "auth.platform_sessions.expires_at": "platform_sessions_expires_at",
        "auth.sign_in_addresses.counted_at": "sign_in_addresses_counted_at",
        "auth.sign_in_failures.last_failure_at": "sign_in_failures_last_failure_at",
        "auth.trainer_documents.expires_on": "trainer_documents_expiring",
        "billing.invoice_lines.created_at": "invoice_lines_of_an_invoice",
        "billing.invoices.created_at": "invoices_newest_first",
        "billing.invoices.period": "invoices_one_open_draft",
        "billing.payments.received_at": "payments_of_an_invoice",
        "notifications.mail_queue.due_at": "mail_queue_due",
        "notifications.notifications.created_at": "notifications_newest_first",
        "notifications.notifications.read_at": "notifications_unread",
        "scheduling.sessions.ends_at": "sessions_one_per_trainer",
        "scheduling.sessions.starts_at": "sessions_timetable",
        "workouts.workouts.started_at": "workouts_newest_first",
    ]
    .merging(everywhere("idempotency_keys.created_at", "idempotency_keys_created_at")) { $1 }
    .merging(everywhere("inbox.first_seen", "inbox_not_done")) { $1 }
    .merging(everywhere("outbox.published_at", "outbox_unpublished")) { $1 }
    .merging(everywhere("audit_log.created_at", "audit_log_record")) { $1 }

    /// The others, each with its reason; `created_at` and `updated_at` are shown with their rows and not asked for unless they stand above.
    private static let unasked: [String: String] = [
        "auth.accounts.email_verified_at": "of one account", "auth.accounts.last_login_at": "of one account",
        "auth.accounts.password_changed_at": "of one account", "auth.accounts.username_changed_at": "of one account",
        "auth.api_keys.expires_at": "of one key", "auth.api_keys.last_used_at": "among one person's",
        "auth.api_keys.revoked_at": "whether, not when", "auth.identities.last_used_at": "among one account's",
        "auth.accounts.deleted_at": "of one account",
        "auth.organizations.deleted_at": "of one organization",
        "auth.platform_admins.last_login_at": "of one administrator", "auth.platform_admins.totp_enabled_at": "of one administrator",
        "auth.platform_sessions.ended_at": "of one sign-in", "auth.platform_sessions.second_factor_at": "of one sign-in",
        "auth.invitations.accepted_at": "of one person", "auth.invitations.expires_at": "of one person",
        "auth.login_sessions.ended_at": "among one person's", "auth.login_sessions.ends_at": "of one login session",
        "auth.login_sessions.last_seen_at": "of one login session",
        "auth.login_sessions.second_factor_at": "of one login session",
        "auth.locations.deleted_at": "whether, not when", "auth.erasure_requests.finished_at": "of one request",
        "auth.person_merges.finished_at": "of one merge",
        "auth.member_grants.granted_at": "among one member's", "auth.member_grants.revoked_at": "whether, not when",
        "auth.member_profiles.joined_at": "of one person",
        "auth.passkeys.last_used_at": "among one account's", "auth.passkeys.suspected_at": "whether, not when",
        "auth.people.deleted_at": "whether, not when: a condition of the indexes", "auth.people.last_login_at": "among one account's",
        "auth.recovery_codes.used_at": "of one account", "auth.second_factors.enabled_at": "of one account",
        "auth.sign_in_failures.blocked_until": "of one account",
        "auth.trainer_documents.decided_at": "of one document", "auth.trainer_documents.issued_on": "of one document",
        "auth.trainer_engagements.ends_on": "among one trainer's", "auth.trainer_engagements.starts_on": "among one trainer's",
        "auth.trainer_members.ended_at": "whether, not when", "auth.trainer_members.started_at": "among one member's",
        "billing.invoices.due_on": "of one invoice", "billing.invoices.issued_at": "of one invoice",
        "notifications.mail_queue.leased_until": "of the mail that is due first", "notifications.mails.settled_at": "of one mail",
        "scheduling.bookings.booked_at": "ids are made in the order of time", "scheduling.bookings.cancelled_at": "of one booking",
        "scheduling.trainer_engagements.ends_on": "of one trainer and location",
        "scheduling.trainer_engagements.starts_on": "of one trainer and location",
        "workouts.personal_records.achieved_at": "of one record", "workouts.sets.logged_at": "among one workout's",
        "workouts.workouts.completed_at": "of one workout",
    ]
    .merging(everywhere("inbox.done_at", "of one event")) { $1 }
    .merging(everywhere("jobs.next_run_at", "among a handful of jobs")) { $1 }
    .merging(everywhere("jobs.lease_until", "among a handful of jobs")) { $1 }
    .merging(everywhere("jobs.started_at", "of one job")) { $1 }
    .merging(everywhere("jobs.finished_at", "of one job")) { $1 }

    @Test("S1-108: moments that are asked for are indexed") func momentsThatAreAskedForAreIndexed() async throws {
        let moments = try await rows(
            "select \"table\" || '.' || name from (\(Self.columns)) c where type ~ '^(timestamp|date)' order by 1")
        let left = moments.filter { moment in
            Self.asked[moment] == nil && !moment.hasSuffix(".created_at") && !moment.hasSuffix(".updated_at")
        }
        #expect(left == Self.unasked.keys.sorted())
        let serving = Set(
            try await rows(
                """
                select "table" || '.' || name || ' ' || i.indexrelid::regclass::text from (\(Self.columns)) c
                join pg_index i on i.indrelid = c.oid and pg_get_indexdef(i.indexrelid) ~ ('[ (]' || name || '[,) ]')
                """
            ).map { $0.replacing(#/ [a-z]+\./#, with: " ") })
        for (moment, index) in Self.asked { #expect(serving.contains("\(moment) \(index)"), "\(moment)") }
    }
}
