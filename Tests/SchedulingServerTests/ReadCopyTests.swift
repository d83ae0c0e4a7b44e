import ContractKit
import Foundation
import Postgres
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

@Suite struct ReadCopyTests {
    @Test func anOlderStateThatArrivesLateChangesNothing() async throws {
        try await withGym { gym in
            let person = PersonID()
            try await gym.save(person, [.member, .trainer], version: 3)
            try await gym.save(person, [.member], version: 2)
            try await gym.save(location: gym.location, isActive: false, version: 2)
            try await gym.save(location: gym.location, isActive: true, version: 1)
            let (found, location) = try await gym.service.database.transaction(as: Tenant(gym.id), readOnly: true) { tx in
                let copies = ReadCopyStore(organizationID: gym.id, tx: tx)
                return (try await copies.person(person), try await copies.location(gym.location))
            }
            #expect(found == PersonCopy(roles: [.member, .trainer], isActive: true))
            #expect(location?.isActive == false)
        }
    }

    @Test func aRemovedTrainerGetsNoNewSessions() async throws {
        try await withGym { gym in
            try await gym.save(gym.trainer, [.trainer], isActive: false, version: 2)
            #expect(try await refusal { try await gym.session() }?.errors?.map(\.pointer) == ["#/trainer_id"])
        }
    }
}
