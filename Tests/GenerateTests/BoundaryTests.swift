import ContractKit
import Postgres
import TestSupport
import Testing

/// What the database itself refuses, whatever a service asks of it: over rows of several organizations in every table.
@Suite struct BoundaryTests {
    /// Tables that nothing is generated for.
    private static let empty: Set = [
        "auth.api_keys", "auth.booked_members", "auth.export_archives", "auth.export_parts", "auth.exports", "auth.files",
        "auth.invitations", "auth.member_grants", "auth.member_health",
        "auth.own_profiles", "auth.person_photos", "auth.trainer_documents", "auth.trainer_engagements", "auth.trainer_members",
        "scheduling.trainer_engagements", "workouts.member_access", "workouts.person_keys", "workouts.session_notes",
        "auth.erasure_requests", "auth.erased_people", "scheduling.erased_people", "workouts.erased_people", "billing.erased_people",
        "notifications.erased_people",
        "auth.person_merges", "auth.merged_people", "scheduling.merged_people", "workouts.merged_people", "billing.merged_people",
        "notifications.merged_people",
    ]

    private struct TenantTable {
        var service: ServiceName
        var name: String
        /// Of all organizations, and of the second.
        var all: Int
        var own: Int
    }

    private func tables(_ years: GeneratedYears, _ organization: OrganizationID) async throws -> [TenantTable] {
        let names = try await years.database.sql(
            """
            select n.nspname || ' ' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and c.relrowsecurity and n.nspname in ('auth', 'scheduling', 'workouts', 'billing', 'notifications')
            """
        ).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        var tables: [TenantTable] = []
        for name in names {
            let counts = try await years.database.sql(
                "select count(*), count(*) filter (where organization_id = '\(organization)') from \(name[0]).\(name[1])"
            ).split(separator: "|").compactMap { Int($0) }
            tables.append(TenantTable(service: try #require(ServiceName(rawValue: name[0])), name: name[1], all: counts[0], own: counts[1]))
        }
        return tables
    }

    @Test func `S0-03, S0-57: a service reads the rows of the organization that is set, and without one none`() async throws {
        let years = try await GeneratedYears.shared()
        let organization = try await years.organization(2)
        let tables = try await tables(years, organization)
        #expect(tables.count > 20)
        #expect(Set(tables.filter { $0.own == 0 }.map { "\($0.service).\($0.name)" }) == Self.empty)
        for service in ServiceName.allCases {
            let database = years.database.open(service)
            for table in tables where table.service == service {
                let (name, place) = (SQL.identifier(table.name), "\(service).\(table.name)")
                #expect(table.all > table.own || Self.empty.contains(place), "\(place)")
                let without: Int = try await database.transaction { try await $0.one("select count(*) from \(name)") }
                #expect(without == 0, "\(place) without an organization")
                let within: [Int] = try await database.transaction(as: Tenant(organization), readOnly: true) {
                    try await $0.one("select array[count(*), count(*) filter (where organization_id = \(organization))] from \(name)")
                }
                // Others may be signing in meanwhile.
                #expect(within[0] == within[1] && within[0] >= table.own, "\(place)")
                let nobodys: Int = try await database.transaction(as: Tenant(OrganizationID()), readOnly: true) {
                    try await $0.one("select count(*) from \(name)")
                }
                #expect(nobodys == 0, "\(place) of an organization that has nothing")
            }
        }
    }

    @Test(arguments: [
        ("auth.accounts", #"{"password_hash": "correct horse battery"}"#, "accounts_password_hash_check"),
        ("auth.organizations", #"{"slug": "No Slug"}"#, "organizations_slug_check"),
        ("auth.organizations", #"{"currency": "DOLLAR"}"#, "organizations_currency_check"),
        ("auth.people", #"{"roles": ["root"]}"#, "people_roles_check"),
        ("auth.tax_rates", #"{"rate_millionths": 1000001}"#, "tax_rates_rate_check"),
        ("scheduling.class_types", #"{"color": "red"}"#, "class_types_color"),
        ("scheduling.class_types", #"{"category": "yoga"}"#, "class_types_category"),
        ("scheduling.sessions", #"{"ends_at": "2001-01-01T00:00:00Z"}"#, "sessions_end_after_start"),
        ("scheduling.sessions", #"{"capacity": 1001}"#, "sessions_capacity"),
        ("scheduling.bookings", #"{"payment_status": "promised"}"#, "bookings_payment_status"),
        ("workouts.exercises", #"{"instructions": []}"#, "exercises_say_how"),
        ("workouts.sets", #"{"rpe": 11}"#, "sets_rpe"),
        ("workouts.sets", #"{"weight_grams": -1}"#, "sets_weight"),
        ("billing.invoice_lines", #"{"amount": 1}"#, "invoice_lines_add_up"),
        ("billing.payments", #"{"amount": 0}"#, "payments_are_positive"),
        ("billing.payments", #"{"method": "barter"}"#, "payments_method"),
        ("notifications.mails", #"{"status": "lost"}"#, "mails_status"),
    ])
    func `S3-64: bad values are refused by the tables themselves`(table: String, change: String, constraint: String) async throws {
        let years = try await GeneratedYears.shared()
        let error = await #expect(throws: TestSupportError.self) {
            try await years.database.sql(
                "insert into \(table) select (jsonb_populate_record(t, '\(change)')).* from \(table) t limit 1")
        }
        let said = error?.description ?? ""
        #expect(said.contains("violates check constraint \"\(constraint)\""), "\(said)")
    }
}
