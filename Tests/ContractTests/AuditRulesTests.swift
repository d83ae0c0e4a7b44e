import ContractKit
import Foundation
import TestSupport
import Testing

/// What is logged, asked of the catalogue and of the declarations: whoever adds a table or an operation decides it.
@Suite struct AuditRulesTests {
    private func rows(_ query: String) async throws -> [String] { try await DatabaseRulesTests().rows(query) }

    /// Tenant tables whose changes are not logged, each with its reason.
    private static let unlogged: [String: String] = [
        "auth.booked_members": "counts what scheduling logs",
        "auth.export_archives": "part of an export, which is logged, as its files are",
        "auth.export_parts": "on their way into an archive",
        "auth.person_name_grams": "follows from the name, in keyed hashes",
        "billing.invoice_counters": "the number is on the invoice",
        "billing.organizations": "a copy: auth logs the change",
        "billing.tax_rates": "a copy: auth logs the change",
        "notifications.mails": "a record by itself, that sending settles",
        "notifications.people": "a copy: auth logs the change",
        "scheduling.locations": "a copy: auth logs the change",
        "scheduling.organizations": "a copy: auth logs the change",
        "scheduling.people": "a copy: auth logs the change",
        "scheduling.trainer_engagements": "a copy: auth logs the change",
        "workouts.member_access": "a copy: auth logs the change",
        "workouts.people": "a copy: auth logs the change",
        "workouts.personal_records": "found in sets, which are logged",
    ]
    .merging(Product.contracts.map { ("\($0.name).audit_log", "the log itself") }) { $1 }
    .merging(Product.contracts.map { ("\($0.name).erased_people", "says itself what was done") }) { $1 }
    .merging(Product.contracts.map { ("\($0.name).merged_people", "auth logs the merge") }) { $1 }

    private static let triggers = """
        select t.*, c.oid as table_id, n.nspname || '.' || c.relname as "table",
            string_to_array(encode(rtrim(t.tgargs, '\\x00'), 'escape'), '\\000') as arguments
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        where tgname = 'audit'
        """

    @Test("S1-03: every tenant table logs its changes, or says why not") func everyTenantTableLogsItsChanges() async throws {
        let found = try await rows(
            """
            select nspname || '.' || relname from (\(DatabaseRulesTests.tables)) c
            where relrowsecurity and not exists (
                select from pg_trigger t
                join pg_proc p on p.oid = t.tgfoid and p.proname = 'audit' and p.pronamespace = nspname::regnamespace
                where t.tgrelid = c.oid and t.tgname = 'audit' and t.tgenabled = 'O' and t.tgtype & 1 = 1 and t.tgtype & 8 = 8)
            """)
        #expect(found.sorted() == Self.unlogged.keys.sorted())
    }

    /// A column that is added tomorrow is logged as well, or left out by name.
    @Test func everyColumnIsLoggedOrLeftOut() async throws {
        let forgotten = try await rows(
            """
            select "table" || '.' || a.attname from (\(Self.triggers)) t
            join pg_attribute a on a.attrelid = t.table_id and a.attnum > 0 and not a.attisdropped
            where cardinality(tgattr::int2[]) > 0 and a.attnum <> all(tgattr::int2[])
                and a.attname <> all(arguments[2:]) and a.attname <> all(string_to_array(arguments[1], ','))
                and a.attname not in ('organization_id', 'created_at', 'updated_at', 'version', 'account_id', 'person_id')
            """)
        #expect(forgotten == [])
        // And what is named is there: a column that was renamed is not in the log under its new name.
        let unknown = try await rows(
            """
            select "table" || '.' || name from (\(Self.triggers)) t, unnest(arguments[2:] || string_to_array(arguments[1], ',')) name
            where not exists (select from pg_attribute a where a.attrelid = t.table_id and a.attname = name)
            """)
        #expect(unknown == [])
    }

    /// Columns whose names sound like a secret's, and are none.
    private static let harmless = [
        "auth.accounts.password_changed_at", "auth.tax_rates.code", "billing.invoice_taxes.code", "workouts.exercises.source_key",
    ]

    @Test func secretsAreLeftOut() async throws {
        let logged = try await rows(
            """
            select "table" || '.' || a.attname from (\(Self.triggers)) t
            join pg_attribute a on a.attrelid = t.table_id and a.attnum > 0 and not a.attisdropped
            where a.attname ~ '(password|secret|token|hash|wrapped|_index$|pepper|(^|_)code$|_key$)' and a.attname <> all(arguments[2:])
            """)
        #expect(logged.sorted() == Self.harmless)
    }

    /// Operations that read and show no member's data, or nobody's but the caller's, each with its reason.
    private static let innocent: [String: String] = [
        "GetExercise": "the library", "ListExercises": "the library",
        "GetLocation": "the organization's", "ListLocations": "the organization's", "GetOrganization": "the organization's",
        "GetSignInPolicy": "the organization's",
        "GetSession": "the timetable names no members", "ListSessions": "the timetable names no members",
        "ListClassTypes": "the timetable's",
        "GetTrainer": "staff", "ListTrainers": "staff", "ListEngagements": "staff", "GetTrainerHealth": "staff",
        "GetMe": "the caller's own", "GetSecondFactor": "the caller's own", "ListLoginSessions": "the caller's own",
        "ListNotifications": "the caller's own", "ListIdentities": "the caller's own", "ListPasskeys": "the caller's own",
        "ListAPIKeys": "the organization's", "ListSignInProviders": "the installation's",
        "ListTokenKeys": "public keys",
        "CountMemberSources": "counts only", "GetLocationReport": "counts only", "ListTeam": "staff",
        "GetSite": "the organization's", "GetAccount": "the caller's own",
        "ListAppConfig": "the installation's", "ListOrganizations": "the installation's", "ListPlatformAdmins": "the installation's",
        "ListInstallationAuditLog": "the log itself, for its keepers",
        "GetErasureRequest": "ids and counts", "ListErasureRequests": "ids and counts",
        "GetExport": "ids and states", "ListExports": "ids and states",
        "GetPersonMerge": "ids and counts", "ListPersonMerges": "ids and counts",
        "ListAssignments": "who looks after whom", "ListMemberGrants": "who may see whom",
    ].merging(Product.contracts.map { ("List\($0.name.capitalized)AuditLog", "the log itself, for its keepers") }) { $1 }

    @Test("S1-96: every operation that reads says whose data it shows, or why nobody's") func everyReadIsDeclared() {
        let reading = Product.operations.filter { !$0.route.method.writes }
        #expect(reading.filter { $0.reads == nil }.map { $0.name }.sorted() == Self.innocent.keys.sorted())
        for operation in reading where operation.reads != nil {
            let says = saysWhom(operation)
            #expect(says, "\(operation.name) answers with something that says whose data it is")
            #expect(operation.access != .everyone)
        }
        #expect(Product.operations.filter { $0.route.method.writes && $0.reads != nil }.map { $0.name } == [])
    }

    private func saysWhom<O: APIOperation>(_ operation: O.Type) -> Bool { O.Output.self is any ShowsMembers.Type }
}
