import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import TestSupport
import Testing

@testable import AuthServer

/// Keys in a key service, over the whole service and its tables.
@Suite struct MasterKeyTests {
    @Test("S1-104, S1-105: after a rotation old rows read, new rows carry the new key, and no answer changes")
    func keysAreRotatedWhileTheServiceRuns() async throws {
        try await withVault { vault in
            let provider = try VaultTransit(address: vault.address, tokenFile: vault.tokenFile)
            let ring = try await KeyRing.open(provider)
            try await withDatabase(.auth) { database in
                try await withService(AuthService.self, database: database, masterKeys: ring) { auth in
                    let token = try await auth.signUp("iron").tokens.accessToken
                    let old = try await auth.addMember("Ada Lovelace", email: "ada@example.com", phone: "+14165550100", token: token)
                    let app = try await auth.enrol(token, database)
                    let name = Username(rawValue: "iron")!
                    try await auth.call(SetUsername(), body: .init(username: name), token: token)
                    var authenticator = SoftwareAuthenticator()
                    try await auth.add(&authenticator, token: token)
                    try await auth.addPlatformAdmin(ring: ring)
                    let (_, adminApp) = try await auth.enrolPlatform()
                    let before = try await read(old.id, auth, token)

                    vault.rotate(at: Date() - 3600)
                    try await ring.refresh(from: provider)
                    let new = try await auth.addMember("Bob Babbage", email: "bob@example.com", token: token)
                    #expect(try await wrappers(database, old.id) == "palestra:v1")
                    #expect(try await wrappers(database, new.id) == "palestra:v2")
                    #expect(try await read(old.id, auth, token).body == before.body)

                    try await auth.run(.oldMasterKeys(ring))
                    #expect(try await wrappers(database) == "palestra:v2")
                    vault.retireVersions(before: 2)
                    try await ring.refresh(from: provider)
                    let after = try await read(old.id, auth, token)
                    #expect(after.body == before.body)
                    #expect(after.headers["etag"] == before.headers["etag"])
                    _ = try await auth.login("iron@example.com", code: app.code(1))
                    #expect(try await auth.call(GetAccount(), token: token).username == name)
                    #expect(try await auth.call(ListPasskeys(), token: token).data.map(\.name) == ["Telephone"])
                    let admin = try await auth.give(adminApp.code(1), auth.beginPlatform()).accessToken
                    let admins = try await auth.call(ListPlatformAdmins(), token: admin).data
                    #expect(admins.map(\.email.rawValue) == ["ada-admin@palestra.example"])
                }
            }
        }
    }

    @Test("S1-104: without the key service reading fails closed, and comes back with it")
    func withoutTheKeyServiceNothingIsRead() async throws {
        try await withVault { vault in
            let ring = try await KeyRing.open(try VaultTransit(address: vault.address, tokenFile: vault.tokenFile))
            try await withDatabase(.auth) { database in
                try await withService(AuthService.self, database: database, masterKeys: ring) { auth in
                    let token = try await auth.signUp("iron").tokens.accessToken
                    let ada = try await auth.addMember("Ada Lovelace", token: token)
                    // The last word from the key service was a while ago.
                    try await ring.refresh(from: VaultTransit(address: vault.address, tokenFile: vault.tokenFile, lease: .zero))
                    vault.seal()
                    let refused = try await read(ada.id, auth, token)
                    #expect(refused.status == 503)
                    #expect(try refused.problem.type == "/problems/unavailable")
                    #expect(!refused.text.contains("Ada"))
                    vault.unseal()
                    try await ring.refresh(from: VaultTransit(address: vault.address, tokenFile: vault.tokenFile))
                    #expect(try await read(ada.id, auth, token).status == 200)
                }
            }
        }
    }

    @Test("S1-103: personal columns are ciphertext, which opens with the person's key and with no other")
    func personalColumnsAreCiphertext() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron")
            let token = made.tokens.accessToken
            let ada = try await auth.addMember("Ada Lovelace", email: "ada@example.com", phone: "+14165550100", token: token)
            let types = try await database.sql(
                """
                select string_agg(distinct data_type, ',') from information_schema.columns
                where table_schema = 'auth' and (table_name, column_name) in (('people', 'full_name'), ('people', 'email'), ('people', 'phone'))
                """)
            #expect(types == "bytea")
            let organization = made.organization.id
            let sealed = try await database.open().transaction(as: Tenant(organization)) { tx in
                try await tx.one("select full_name from people where person_id = \(ada.id)", as: Data.self)
            }
            func open(_ ring: KeyRing, _ person: PersonID) async throws -> String {
                try await database.open().transaction(as: Tenant(organization)) { tx in
                    let key = try #require(try await PersonKeys(ring, service: "auth").find(organization, person, in: tx))
                    return try PersonSeal(key: key, organization, ada.id).open(sealed, "full_name")
                }
            }
            #expect(try await open(auth.keys.ring(), ada.id) == "Ada Lovelace")
            await #expect(throws: FieldEncryptionError.doesNotOpen) { try await open(auth.keys.ring(), made.owner.id) }
            let stranger = try KeyRing(keys: [("m1", Data(repeating: 7, count: 32))])
            await #expect(throws: FieldEncryptionError.doesNotOpen) { try await open(stranger, ada.id) }
        }
    }

    private func read(_ member: PersonID, _ auth: ServiceUnderTest, _ token: String) async throws -> RawAnswer {
        try await auth.request("GET", "/v1/members/\(member)", token: token)
    }

    /// The ids of the master keys that wrap data keys, as they stand before the ciphertext.
    private func wrappers(_ database: TestDatabase, _ person: PersonID? = nil) async throws -> String {
        let condition = person.map { "where person_id = '\($0)'" } ?? ""
        return try await database.sql(
            "select distinct convert_from(substring(wrapped from 3 for get_byte(wrapped, 1)), 'UTF8') from auth.person_keys \(condition)")
    }
}
