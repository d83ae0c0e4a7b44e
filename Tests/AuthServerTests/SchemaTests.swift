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
