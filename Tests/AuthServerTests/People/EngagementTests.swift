import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct EngagementTests {
    private static func day(_ text: String) -> LocalDay { LocalDay(rawValue: text)! }

    @Test("S1-37: a trainer works at two locations, is linked to each once, and what has ended is told")
    func aTrainerWorksAtTwoLocations() async throws {
        try await withStaff { gym, database in
            let tina = try await gym.trainer("Tina")
            let first = try await gym.auth.call(ListLocations(), token: gym.owner).data[0]
            let second = try await gym.location("Harbour")
            let engage = EngageTrainer(trainerID: tina.id)
            let made = try await gym.auth.call(
                engage, body: .init(locationID: first.id, startsOn: Self.day("2026-01-01")), token: gym.owner)
            #expect(made.status == .active && made.endsOn == nil && made.version == 1)
            let other = try await gym.auth.call(
                engage, body: .init(locationID: second.id, role: .employee, startsOn: Self.day("2026-02-01")), token: gym.owner)
            #expect(try await gym.auth.call(ListEngagements(trainerID: tina.id), token: tina.token).data == [made, other])
            let twice = try await problem {
                try await gym.auth.call(engage, body: .init(locationID: first.id, startsOn: Self.day("2027-01-01")), token: gym.owner)
            }
            #expect(twice?.isA(.alreadyEngaged) == true)

            let update = UpdateEngagement(trainerID: tina.id, engagementID: made.id)
            let ended = try await gym.auth.call(
                update, body: .init(status: .ended, endsOn: Self.day("2026-06-30")), token: gym.owner)
            #expect(ended.status == .ended && ended.endsOn?.rawValue == "2026-06-30" && ended.role == .contractor && ended.version == 2)
            let said = try await database.said(EngagementSaved.self).filter { $0.engagementID == made.id }
            #expect(said.map(\.status) == [.active, .ended] && said.map(\.version) == [1, 2])
            #expect(said.allSatisfy { $0.trainerID == tina.id && $0.locationID == first.id })

            let before = try await problem {
                try await gym.auth.call(update, body: .init(endsOn: Self.day("2025-12-31")), token: gym.owner)
            }
            #expect(before?.errors?.map(\.pointer) == ["#/ends_on"])
            let bySelf = try await problem { try await gym.auth.call(update, body: .init(status: .active), token: tina.token) }
            #expect(bySelf?.status == 403)
            let elsewhere = try await Staff(gym.auth, slug: "steel-temple")
            let foreign = try await problem { try await gym.auth.call(update, body: .init(status: .active), token: elsewhere.owner) }
            #expect(foreign?.status == 404)
        }
    }

    @Test("S1-38: a trainer works as contractor or employee, as a contractor when nobody says") func aTrainersTermsAreKnown() async throws {
        try await withStaff { gym, _ in
            let tina = try await gym.trainer("Tina")
            let place = try await gym.auth.call(ListLocations(), token: gym.owner).data[0]
            let path = "/v1/trainers/\(tina.id)/engagements"
            let other = try await gym.auth.request(
                "POST", path, token: gym.owner, json: #"{"location_id":"\#(place.id)","starts_on":"2026-01-01","role":"volunteer"}"#)
            #expect(other.status == 422)
            #expect(try other.problem.errors?.map(\.pointer) == ["#/role"])
            let made = try await gym.auth.request(
                "POST", path, token: gym.owner, json: #"{"location_id":"\#(place.id)","starts_on":"2026-01-01"}"#)
            let engagement: Engagement = try made.decoded()
            #expect(made.status == 201 && engagement.role == .contractor)
            let changed = try await gym.auth.call(
                UpdateEngagement(trainerID: tina.id, engagementID: engagement.id), body: .init(role: .employee), token: gym.owner)
            #expect(changed.role == .employee)
        }
    }

    @Test("S4-05: trainers are filtered by the location where they work") func trainersAreFilteredByLocation() async throws {
        try await withStaff { gym, _ in
            let (tina, tom) = (try await gym.trainer("Tina"), try await gym.trainer("Tom"))
            let first = try await gym.auth.call(ListLocations(), token: gym.owner).data[0]
            let second = try await gym.location("Harbour")
            func engage(_ trainer: SignedInTrainer, _ place: Location, from: String = "2026-01-01", until: String? = nil) async throws {
                _ = try await gym.auth.call(
                    EngageTrainer(trainerID: trainer.id),
                    body: .init(locationID: place.id, startsOn: Self.day(from), endsOn: until.map(Self.day)), token: gym.owner)
            }
            try await engage(tina, first)
            try await engage(tom, second)
            // Over, and not yet.
            try await engage(tom, first, until: "2026-01-31")
            try await engage(tina, second, from: "2199-01-01")
            for (place, trainer) in [(first, tina), (second, tom)] {
                #expect(try await gym.auth.call(ListTrainers(locationID: place.id), token: gym.owner).data.map(\.id) == [trainer.id])
            }
            let elsewhere = try await Staff(gym.auth, slug: "steel-temple")
            #expect(
                try await problem { try await gym.auth.call(ListTrainers(locationID: first.id), token: elsewhere.owner) }?.status == 422)
        }
    }
}
