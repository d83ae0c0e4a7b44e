import ContractKit
import FieldEncryption
import Foundation
import Postgres
import TestSupport
import Testing

/// Over a table of the same shape as each service has; without its person, whom a foreign key would ask for.
@Suite struct PersonKeysTests {
    private let ring = try? KeyRing(keys: [("k", Data(repeating: 1, count: 32))])

    @Test func aPersonHasOneKeyHoweverManyAskAtOnce() async throws {
        try await withDatabase(.auth) { test in
            try await test.sql("alter table auth.person_keys drop constraint person_keys_person_fkey")
            let database = test.open()
            let keys = PersonKeys(try #require(ring), service: "auth")
            let (organization, person) = (OrganizationID(), PersonID())
            let sealed = try await withThrowingTaskGroup(of: Data.self) { tasks in
                for number in 0..<8 {
                    tasks.addTask {
                        try await database.transaction(as: Tenant(organization)) { tx in
                            try await keys.obtain(organization, person, in: tx).seal("\(number)", context: "c")
                        }
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            try await database.transaction(as: Tenant(organization)) { tx in
                let key = try #require(try await keys.find(organization, person, in: tx))
                let opened = try sealed.map { try key.open($0, context: "c") }
                #expect(Set(opened) == Set((0..<8).map(String.init)))
                let stranger = try await keys.find(organization, PersonID(), in: tx)
                #expect(stranger == nil)
            }
            // Another organization sees no such person.
            try await database.transaction(as: Tenant(OrganizationID())) { tx in
                let hidden = try await keys.find(organization, person, in: tx)
                #expect(hidden == nil)
            }
        }
    }

    @Test func aKeyMovedToAnotherPersonOrServiceDoesNotOpen() throws {
        let ring = try #require(ring)
        let keys = PersonKeys(ring, service: "auth")
        let (organization, person) = (OrganizationID(), PersonID())
        let (key, wrapped) = try keys.make(organization, person)
        let sealed = try key.seal("Ada", context: "c")
        #expect(try keys.unwrap(wrapped, organization, person).open(sealed, context: "c") == "Ada")
        #expect(throws: FieldEncryptionError.doesNotOpen) { try keys.unwrap(wrapped, organization, PersonID()) }
        #expect(throws: FieldEncryptionError.doesNotOpen) { try keys.unwrap(wrapped, OrganizationID(), person) }
        #expect(throws: FieldEncryptionError.doesNotOpen) {
            try PersonKeys(ring, service: "workouts").unwrap(wrapped, organization, person)
        }
    }
}
