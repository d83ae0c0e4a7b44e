import AuthContract
import ContractKit
import Foundation
import Logging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

@Suite struct SchemaTests {
    @Test func everyTableWithATenantIsGuardedAndNoneIsSearchedWithoutAnIndex() async throws {
        try await withDatabase(.auth) { database in
            let unguarded = try await database.sql(
                """
                select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
                where c.relnamespace = 'auth'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                    and not (c.relrowsecurity and c.relforcerowsecurity)
                    and coalesce(obj_description(c.oid), '') not like 'Platform table%'
                """)
            #expect(unguarded.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
            let acrossTenants = try await database.sql(
                """
                select i.indexrelid::regclass from pg_index i join pg_class c on c.oid = i.indrelid
                where c.relnamespace = 'auth'::regnamespace and c.relrowsecurity and i.indisunique
                    and (select attname from pg_attribute where attrelid = c.oid and attnum = i.indkey[0]) <> 'organization_id'
                """)
            #expect(acrossTenants.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
            let unindexed = try await database.sql(
                """
                select k.conname from pg_constraint k
                where k.connamespace = 'auth'::regnamespace and k.contype = 'f' and not exists (
                    select from pg_index i where i.indrelid = k.conrelid
                        and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey
                        and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] <@ k.conkey)
                """)
            #expect(unindexed.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty)
        }
    }

    @Test("S0-62: a domain is looked up by its index, and standing has one") func aDomainIsLookedUpByItsIndex() async throws {
        try await withDatabase(.auth) { database in
            let site = ["X-Forwarded-Host": "www.iron-temple.example"]
            try await serve(database) { auth in
                let token = try await auth.signUp("iron-temple").tokens.accessToken
                let domain = HostName(rawValue: "www.iron-temple.example")!
                _ = try await auth.call(UpdateOrganization(), body: .init(domain: domain), token: token)
            }
            // As many as an installation may have.
            try await database.sql(
                """
                insert into auth.organizations (organization_id, name, slug, kind, time_zone, currency)
                select gen_random_uuid(), 'Gym', 'gym-' || n, 'gym', 'UTC', 'CAD' from generate_series(1, 5000) n;
                insert into auth.organization_slugs (slug, organization_id)
                select slug, organization_id from auth.organizations where slug like 'gym-%';
                insert into auth.organization_domains (domain, organization_id)
                select slug || '.example', organization_id from auth.organizations where slug like 'gym-%';
                analyze auth.organizations, auth.organization_slugs, auth.organization_domains;
                """)
            let before = try await scans(of: "organization_domains", in: database)
            try await serve(database) { auth in
                for _ in 0..<10 {
                    let answer = try await auth.request("GET", "/v1/site", headers: site)
                    #expect(answer.status == 200)
                }
            }
            let after = try await scans(of: "organization_domains", in: database)
            #expect(after.byIndex >= before.byIndex + 10 && after.sequential == before.sequential, "\(before) \(after)")
            let indexes = try await database.sql("select indexdef from pg_indexes where schemaname = 'auth'")
            #expect(indexes.contains("organization_domains USING btree (domain)"))
            #expect(indexes.contains("organizations USING btree (is_active, organization_id)"))
        }
    }

    /// Runs auth, and returns when the server knows what its connections did: it counts that when they end.
    private func serve(_ database: TestDatabase, _ body: @escaping @Sendable (ServiceUnderTest) async throws -> Void) async throws {
        let opened = database.open()
        try await withService(AuthService.self, database: opened, body)
        await opened.close()
        try await eventually {
            try await database.sql("select count(*) from pg_stat_activity where usename = 'auth' and datname = current_database()")
                .hasPrefix("0")
        }
    }

    private func scans(of table: String, in database: TestDatabase) async throws -> (byIndex: Int, sequential: Int) {
        let counts = try await database.sql(
            "select concat(idx_scan, ' ', seq_scan) from pg_stat_user_tables where schemaname = 'auth' and relname = '\(table)'"
        ).split { $0 == " " || $0.isNewline }.compactMap { Int($0) }
        return (try #require(counts.first), try #require(counts.last))
    }

    @Test("S0-63: people are found by role and by standing inside one organization") func peopleAreFoundInsideOneOrganization() async throws
    {
        try await withDatabase(.auth) { database in
            let indexes = try await database.sql("select indexdef from pg_indexes where schemaname = 'auth' and tablename = 'people'")
                .split(separator: "\n")
            for condition in ["'trainer'::text = ANY (roles)", "(NOT is_active)"] {
                #expect(indexes.contains { $0.contains(condition) && $0.contains("USING btree (organization_id,") }, "\(condition)")
            }
        }
    }

    @Test("S2-53, S2-54: a person has one profile of a kind") func aPersonHasOneProfileOfAKind() async throws {
        try await withAuth { auth, database in
            let owner = try await auth.signUp("iron-temple", kind: .solo).tokens.accessToken
            _ = try await auth.addMember("Mia Member", token: owner)
            for table in ["trainer_profiles", "member_profiles"] {
                let error = await #expect(throws: TestSupportError.self) {
                    try await database.sql("insert into auth.\(table) select * from auth.\(table)")
                }
                let said = error?.description ?? ""
                #expect(said.contains("\"\(table)_pkey\""), "\(table)")
                #expect(try await database.sql("select count(*) from auth.\(table)").hasPrefix("1"), "\(table)")
            }
        }
    }

    @Test func everyDeclaredOperationIsAnswered() async throws {
        try await withDatabase(.auth) { database in
            let keys = try await TestKeys.make()
            let parts = try AuthService.build(
                ServiceContext(
                    settings: Settings(keys.settings), database: database.open(), keys: keys.ring(), logger: Logger(label: "test")))
            #expect(Set(parts.endpoints.map { "\($0.operation)" }) == Set(AuthContract.operations.map { "\($0)" }))
            _ = try OpenAPI.document([AuthContract.self])
        }
    }
}
