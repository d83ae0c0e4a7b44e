import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

@Suite struct EngagementTests {
    private func said(
        _ gym: Gym, _ id: EngagementID, at location: LocationID? = nil, _ status: EngagementStatus = .active, until last: Date? = nil,
        version: Int64 = 1
    ) -> EngagementSaved {
        EngagementSaved(
            organizationID: gym.id, engagementID: id, trainerID: gym.trainer, locationID: location ?? gym.location, status: status,
            startsOn: LocalDay(rawValue: "2020-01-01")!, endsOn: last.map { LocalDay($0, in: TimeZoneID.example.timeZone) },
            version: version)
    }

    @Test("S1-37: where a trainer's work has ended they are put into no new session, and elsewhere they are")
    func whoHasLeftHoldsNoNewSession() async throws {
        try await withGym { gym in
            let (here, harbour) = (EngagementID(), LocationID())
            try await gym.save(location: harbour)
            try await gym.hear(OnEngagementSaved(), said(gym, here))
            try await gym.hear(OnEngagementSaved(), said(gym, EngagementID(), at: harbour))
            let before = try await gym.session(day: 1)
            try await gym.hear(OnEngagementSaved(), said(gym, here, .ended, version: 3))
            // An older state that arrives late changes nothing.
            try await gym.hear(OnEngagementSaved(), said(gym, here, version: 2))
            let refused = try await refusal { try await gym.session(day: 2) }
            #expect(refused?.status == 422 && refused?.errors?.map(\.pointer) == ["#/trainer_id"])
            #expect(try await gym.session(day: 3, location: harbour).locationID == harbour)
            // What was on the timetable stays.
            #expect(try await gym.read(before).status == .scheduled)
            try await gym.hear(OnEngagementSaved(), said(gym, here, version: 4))
            #expect(try await gym.session(day: 4).trainerID == gym.trainer)
        }
    }

    @Test func theLastDayIsStillWorked() async throws {
        try await withGym { gym in
            try await gym.hear(OnEngagementSaved(), said(gym, EngagementID(), until: .inDays(5)))
            _ = try await gym.session(day: 5)
            let refused = try await refusal { try await gym.session(day: 6) }
            #expect(refused?.errors?.map(\.pointer) == ["#/trainer_id"])
        }
    }
}
