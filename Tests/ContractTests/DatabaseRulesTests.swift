import TestSupport
import Testing

/// What every table must obey, asked of the catalogue: a table that is added tomorrow is asked tomorrow.
@Suite struct DatabaseRulesTests {
    /// Tables that hold no tenant's data, each with its reason.
    private static let platform = [
        "outbox",  // the relay publishes for all organizations; the envelopes' personal fields are sealed
        "inbox",  // event ids and reaction names
        "idempotency_keys",  // read by their full key only, which begins with the organization
        "jobs",  // names and times
        "audit_seals",  // numbers and digests
        "mail_queue",  // ids only: the sender's work list
        "loose_files",  // names of objects that are to be removed
        "due_exports",  // ids only: a job's work list
        // Known before an organization is, or an account's wherever it is known.
        "accounts", "organization_slugs", "organization_domains", "sign_in_failures", "sign_in_addresses", "second_factors",
        "recovery_codes", "account_links", "mail_allowances", "one_time_codes", "identities", "provider_sign_ins",
        "passkeys", "passkey_challenges",
        // Of the whole installation.
        "platform_admins", "platform_sessions", "app_config",
    ]

    func rows(_ query: String) async throws -> [String] {
        try await withDatabase(.auth, .scheduling, .workouts, .billing, .notifications) { stored in
            try await stored.sql(query).split(separator: "\n").map(String.init)
        }
    }

    static let tables = """
        select c.oid, n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner,
               exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) as tenant
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
        """
    private static var exempt: String { platform.map { "'\($0)'" }.joined(separator: ", ") }

    @Test("S0-57: tenant tables are under forced row security") func tenantTablesAreUnderForcedRowSecurity() async throws {
        let open = try await rows(
            """
            select nspname || '.' || relname from (\(Self.tables)) t
            where relname not in (\(Self.exempt)) and not (tenant and relrowsecurity and relforcerowsecurity)
            """)
        #expect(open == [])
        let without = try await rows(
            """
            select nspname || '.' || relname from (\(Self.tables)) t
            where relrowsecurity and not exists (select from pg_policy p where p.polrelid = t.oid)
            """)
        #expect(without == [])
    }

    @Test("S1-100: with nobody set, a service sees no members, no session notes and no invoices")
    func withNobodySetThereIsNothing() async throws {
        let id = "'0192f000-0000-7000-8000-000000000001'"
        let tables = [("auth", "people"), ("auth", "member_profiles"), ("workouts", "session_notes"), ("billing", "invoices")]
        let counts = try await withDatabase(.auth, .workouts, .billing) { stored in
            try await stored.sql(
                """
                set session_replication_role = replica;
                insert into auth.people (organization_id, person_id, roles, full_name) values (\(id), \(id), '{member}', 'sealed');
                insert into auth.member_profiles (organization_id, person_id) values (\(id), \(id));
                insert into workouts.session_notes (organization_id, note_id, workout_id, session_id, trainer_id, member_id, session_date)
                values (\(id), \(id), \(id), \(id), \(id), \(id), '2026-03-01');
                insert into billing.invoices (organization_id, invoice_id, member_id, period, currency)
                values (\(id), \(id), \(id), '2026-03-01', 'CAD');
                """)
            var counts: [String] = []
            for (service, table) in tables {
                for tenant in ["''", id] {
                    counts += try await stored.sql(
                        """
                        set role \(service);
                        set app.organization_id = \(tenant);
                        select '\(table) ' || count(*) from \(service).\(table)
                        """
                    ).split(separator: "\n").map(String.init)
                }
            }
            return counts
        }
        // And with the organization there they are: what is proved is the policies, not empty tables.
        #expect(counts == tables.flatMap { ["\($0.1) 0", "\($0.1) 1"] })
    }

    /// Whoever asks a partition by its own name is not asked by the table's policies.
    @Test func partitionsAreReachedThroughTheirTable() async throws {
        let partitions = """
            select c.oid::regclass::text as name, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relispartition and c.relkind = 'r'
            """
        #expect(try await rows(partitions).count >= 15)
        let open = try await rows(
            """
            select name from (\(partitions)) p
            where has_table_privilege(nspname, name, 'select, insert, update, delete, truncate')
            """)
        #expect(open == [])
    }

    @Test func keysOfTenantTablesBeginWithTheTenant() async throws {
        let others = try await rows(
            """
            select nspname || '.' || i.indexrelid::regclass::text
            from (\(Self.tables)) t join pg_index i on i.indrelid = t.oid
            join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
            where relname not in (\(Self.exempt)) and i.indisunique and a.attname <> 'organization_id'
            """)
        #expect(others == [])
    }

    @Test("S1-107, S3-62: foreign keys are indexed") func foreignKeysAreIndexed() async throws {
        // An index serves when its first columns are the key's, in whatever order; it may leave out the rows that refer to nothing.
        let bare = try await rows(
            """
            select conrelid::regclass || ' ' || conname from pg_constraint f join (\(Self.tables)) t on t.oid = f.conrelid
            where contype = 'f' and not exists (
                select from pg_index i where i.indrelid = f.conrelid and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ 'IS NOT NULL')
                and (select array_agg(k order by k) from unnest((i.indkey::int2[])[0:cardinality(f.conkey) - 1]) k)
                    = (select array_agg(k order by k) from unnest(f.conkey) k))
            """)
        #expect(bare == [])
    }

    @Test func servicesOwnNothingAndBypassNothing() async throws {
        let owned = try await rows(
            """
            select relname from (\(Self.tables)) t join pg_roles r on r.oid = t.relowner
            where r.rolname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
            """)
        #expect(owned == [])
        let powers = try await rows(
            """
            select rolname from pg_roles where (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
            and rolname ~ '^(auth|scheduling|workouts|billing|notifications)(_owner)?$'
            """)
        #expect(powers == [])
        let views = try await rows(
            """
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'v' and n.nspname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
            and not coalesce(c.reloptions @> '{security_invoker=true}', false)
            """)
        #expect(views == [])
    }

    @Test("S1-07: migrations need nobody's power and nothing beside PostgreSQL's own extensions")
    func migrationsNeedNothingSpecial() async throws {
        let others = try await rows(
            """
            select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_roles r on r.oid = c.relowner
            where n.nspname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
            and (r.rolname <> n.nspname || '_owner' or r.rolsuper)
            """)
        #expect(others == [])
        #expect(try await rows("select extname from pg_extension order by extname") == ["btree_gist", "pg_trgm", "plpgsql", "unaccent"])
        #expect(try await rows("select relname from (\(Self.tables)) t where relname = 'people'").count == 4)
    }

    @Test func schemasAreClosedToNeighbours() async throws {
        let open = try await rows(
            """
            select r.rolname || ' in ' || n.nspname
            from pg_roles r, pg_namespace n
            where r.rolname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
              and n.nspname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
              and r.rolname <> n.nspname and has_schema_privilege(r.rolname, n.nspname, 'usage')
            """)
        #expect(open == [])
    }
}
