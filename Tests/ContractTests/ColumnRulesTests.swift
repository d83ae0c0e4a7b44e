import TestSupport
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
        "auth.export_archives": "the few archives of an export, by their place",
        "auth.export_parts": "the parts of an export, by their service and place",
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

    /// Tables whose rows are no things that users know, each with its reason: counters, lists of work, keys and digests, what is on its way
    /// for an hour, parts that are written with their whole and never after, and copies, whose times auth keeps.
    private static let noEntities: [String: String] = [
        "auth.account_links": "on its way: a newer one takes its place",
        "auth.booked_members": "a counter",
        "auth.due_exports": "a list of work",
        "auth.export_archives": "files, which say so themselves",
        "auth.export_parts": "on its way",
        "auth.loose_files": "a list of work",
        "auth.mail_allowances": "a counter",
        "auth.one_time_codes": "on its way: a newer one takes its place",
        "auth.organization_domains": "a column of organizations, found before one is known",
        "auth.organization_slugs": "a column of organizations, found before one is known",
        "auth.passkey_challenges": "digests",
        "auth.person_keys": "keys",
        "auth.person_name_grams": "digests",
        "auth.provider_sign_ins": "on its way",
        "auth.recovery_codes": "digests",
        "auth.sign_in_addresses": "a counter",
        "auth.sign_in_failures": "a counter",
        "auth.tax_rates": "part of an organization, written with it",
        "billing.invoice_counters": "a counter",
        "billing.invoice_taxes": "part of an invoice, written when it is sent",
        "billing.organizations": "a copy",
        "billing.tax_rates": "a copy",
        "notifications.mail_queue": "a list of work",
        "notifications.people": "a copy",
        "scheduling.locations": "a copy",
        "scheduling.organizations": "a copy",
        "scheduling.people": "a copy",
        "scheduling.trainer_engagements": "a copy",
        "workouts.member_access": "a copy",
        "workouts.people": "a copy",
        "workouts.person_keys": "keys",
    ]
    .merging(everywhere("outbox", "on its way")) { $1 }
    .merging(everywhere("inbox", "what was handled")) { $1 }
    .merging(everywhere("idempotency_keys", "answers of a day")) { $1 }
    .merging(everywhere("jobs", "a list of work")) { $1 }
    .merging(everywhere("audit_log", "what was done, never changed")) { $1 }
    .merging(everywhere("audit_seals", "digests")) { $1 }
    .merging(everywhere("erased_people", "ids, never changed")) { $1 }
    .merging(everywhere("merged_people", "ids, changed only with whom they were merged into")) { $1 }

    @Test("S0-12, S1-118, S2-52: every entity says when it was made and changed, by the server unless a statement does")
    func entitiesSayWhenTheyWereMadeAndChanged() async throws {
        let found = try await rows(
            """
            select "table" from (\(Self.columns)) c left join pg_attrdef d on d.adrelid = c.oid and d.adnum = c.attnum
            group by "table" having count(*) filter (
                where name in ('created_at', 'updated_at') and required and type = 'timestamp with time zone'
                    and pg_get_expr(d.adbin, d.adrelid) = 'now()') < 2
            """)
        #expect(found.sorted() == Self.noEntities.keys.sorted())
    }

    /// Columns that may change without the thing being another, each with its reason.
    private static let still: [String: String] = [
        "auth.accounts.last_login_at": "a use", "auth.accounts.link_version": "a counter of mails",
        "auth.api_keys.last_used_at": "a use", "auth.app_config.said": "a counter of events", "auth.identities.last_used_at": "a use",
        "auth.login_sessions.address": "a use", "auth.login_sessions.expires_at": "a use", "auth.login_sessions.last_seen_at": "a use",
        "auth.login_sessions.refresh_counter": "a use", "auth.login_sessions.refresh_hash": "a use",
        "auth.passkeys.last_used_at": "a use", "auth.passkeys.sign_count": "a use", "auth.people.last_login_at": "a use",
        "auth.platform_admins.last_login_at": "a use", "auth.platform_admins.totp_last_step": "a use",
        "auth.second_factors.last_step": "a use", "auth.trainer_documents.said": "a counter of events",
        "auth.trainer_documents.warned": "what was said of it",
        "scheduling.sessions.arrivals": "a counter of bookings", "scheduling.sessions.booked": "a counter of bookings",
        "scheduling.sessions.version": "bookings count as versions", "scheduling.sessions.waitlisted": "a counter of bookings",
        "workouts.workouts.version": "sets count as versions",
    ]

    /// A row in each entity's table, however little sense it makes, and a change of each of its columns by itself.
    private static let trial = """
        create function pg_temp.sample(type regtype, number int) returns text language sql return case
            when type = 'uuid'::regtype then '00000000-0000-0000-0000-00000000000' || number
            when type = 'uuid[]'::regtype then '{00000000-0000-0000-0000-00000000000' || number || '}'
            when type in ('timestamptz'::regtype, 'date'::regtype) then '2019-01-0' || number
            when type = 'boolean'::regtype then (number = 1)::text
            when type = 'bytea'::regtype then '\\x0' || number
            when type = 'jsonb'::regtype then '[' || number || ']'
            when type = 'text[]'::regtype then '{' || number || '}'
            else number::text end;
        create temporary table entities as select oid, "table" from (\(columns)) c where name = 'updated_at' and required;
        create temporary table members as
            select c."table", c.name, a.atttypid::regtype as type from (\(columns)) c join entities using (oid)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = c.attnum;
        create temporary table moved (what text);
        create temporary table wrong (what text);
        do $$
        declare
            item record;
            entity record;
            member record;
            moment timestamptz;
        begin
            -- Nothing stands in the way of made-up rows.
            for item in
                select conrelid::regclass as "table", conname from pg_constraint k join entities e on e.oid = k.conrelid
                where contype in ('c', 'f', 'x')
            loop
                execute format('alter table %s drop constraint %I', item."table", item.conname);
            end loop;
            for entity in select * from entities loop
                execute format('delete from %s', entity."table");
                execute (
                    select format('insert into %s (%s) values (%s)', entity."table", string_agg(quote_ident(name), ', '),
                        string_agg(quote_literal(pg_temp.sample(type, 1)), ', '))
                    from members where "table" = entity."table");
                for member in select * from members where "table" = entity."table" and name <> 'updated_at' loop
                    execute format('update %s set updated_at = ''2019-01-01''', entity."table");
                    execute format('update %s set %I = %I returning updated_at', entity."table", member.name, member.name) into moment;
                    if moment <> '2019-01-01' then insert into wrong values (entity."table" || ': nothing was changed'); end if;
                    execute format('update %s set %I = %L returning updated_at', entity."table", member.name, pg_temp.sample(member.type, 2))
                    into moment;
                    if moment > '2020-01-01' then insert into moved values (entity."table" || '.' || member.name); end if;
                    execute format('update %s set %I = %L, updated_at = ''2019-01-03'' returning updated_at', entity."table", member.name,
                        pg_temp.sample(member.type, 1)) into moment;
                    if moment <> '2019-01-03' then insert into wrong values (entity."table" || ': the statement says when'); end if;
                end loop;
            end loop;
        end
        $$;
        select 'wrong ' || what from wrong;
        select 'still ' || "table" || '.' || name from members
        where name <> 'updated_at' and not exists (select from moved where what = "table" || '.' || name);
        select 'entities ' || count(*) from entities;
        """

    @Test("S0-12, S1-118, S2-52: whatever changes about an entity moves updated_at, unless a statement says when it was")
    func changesMoveUpdatedAt() async throws {
        let answer = try await withDatabase(.auth, .scheduling, .workouts, .billing, .notifications) { try await $0.sql(Self.trial) }
        let lines = answer.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("wrong ") } == [])
        #expect(lines.filter { $0.hasPrefix("still ") }.map { String($0.dropFirst(6)) }.sorted() == Self.still.keys.sorted())
        let entities = lines.first { $0.hasPrefix("entities ") }.flatMap { Int($0.dropFirst(9)) }
        #expect(entities ?? 0 >= 35)
    }

    /// The new version of a row stays on its page as long as no index has a column that was set; a trigger would cost each booking a call.
    @Test func whatCountsBookingsStandsInNoIndexAndCallsNothing() async throws {
        for (table, counters) in [
            ("scheduling.sessions", "{booked, waitlisted, arrivals, version}"), ("workouts.workouts", "{version}"),
        ] {
            let found = try await rows(
                """
                select i.indexrelid::regclass::text from pg_index i, unnest('\(counters)'::text[]) name
                where i.indrelid = '\(table)'::regclass and pg_get_indexdef(i.indexrelid) ~ ('\\m' || name || '\\M')
                union all
                select tgname from pg_trigger t where tgrelid = '\(table)'::regclass and not tgisinternal and tgtype & 16 = 16
                    and not (tgname = 'audit' and '\(table)' = 'workouts.workouts') and not exists (
                        select from unnest(tgattr::int2[]) n join pg_attribute a on a.attrelid = tgrelid and a.attnum = n
                        having count(*) > 0 and not bool_or(a.attname = any('\(counters)'::text[])))
                """)
            #expect(found == [], "\(table)")
        }
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
        "auth.due_exports.due_at": "due_exports_due_at",
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

    @Test("S1-108: moments that are asked for are indexed") func momentsThatAreAskedForAreIndexed() async throws {
        let serving = Set(
            try await rows(
                """
                select "table" || '.' || name || ' ' || i.indexrelid::regclass::text from (\(Self.columns)) c
                join pg_index i on i.indrelid = c.oid and pg_get_indexdef(i.indexrelid) ~ ('[ (]' || name || '[,) ]')
                """
            ).map { $0.replacing(#/ [a-z]+\./#, with: " ") })
        for (moment, index) in Self.asked { #expect(serving.contains("\(moment) \(index)"), "\(moment)") }
    }

    /// Tables of which a date is in no index, each with its reason. None of them is an entity's.
    private static let unscanned: [String: String] = [
        "auth.account_links": "gone within days: expires_at is indexed",
        "auth.one_time_codes": "gone within minutes: expires_at is indexed",
        "auth.provider_sign_ins": "gone within minutes: expires_at is indexed",
        "auth.sign_in_failures": "a counter of one account: last_failure_at is indexed",
        "notifications.mail_queue": "a list of work, rewritten with every try: due_at is indexed",
    ]
    .merging(everywhere("outbox", "gone within an hour: those that are unpublished are indexed")) { $1 }
    .merging(everywhere("inbox", "a row for every event: those that failed are indexed")) { $1 }
    .merging(everywhere("jobs", "a handful of rows")) { $1 }

    /// An index serves a date that it begins with, or that follows on the organization, which every statement names. In block ranges each
    /// column is by itself.
    @Test("S3-62: no date of an entity is without an index, nor another's without a reason") func everyDateIsIndexed() async throws {
        let bare = try await rows(
            """
            select distinct "table" from (\(Self.columns)) c where type ~ '^(timestamp|date)' and not exists (
                select from pg_index i join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
                where i.indrelid = c.oid and i.indisvalid
                    and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', name))
                    and (m.amname = 'brin' and c.attnum = any(i.indkey::int2[])
                        or m.amname = 'btree' and (i.indkey[0] = c.attnum or i.indnkeyatts > 1 and i.indkey[1] = c.attnum and (
                            select attname = 'organization_id' from pg_attribute o where o.attrelid = c.oid and o.attnum = i.indkey[0]))))
            """)
        #expect(bare.sorted() == Self.unscanned.keys.sorted())
        #expect(Set(Self.unscanned.keys).isSubset(of: Self.noEntities.keys))
    }
}
