import AuthContract
import Client
import ContractKit
import Foundation
import SchedulingContract
import Testing

@testable import SystemSupport

/// A studio in several places.
@Suite struct LocationTests {
    private struct Site {
        var id: LocationID
        var sessions: [Session] = []
    }

    private static let address = Address(street: "1 King St W", city: "Toronto", province: "ON", postalCode: "M5H 1A1", country: "Canada")

    /// Whole seconds, as moments are compared here.
    private static func moment(hours: Double) -> Date {
        Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + hours * 3600).rounded())
    }

    @Test("S1-02: one owner lists, edits and reports over three locations in one login") func oneOwnerThreeLocations() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (owner, trainer, type) = (gym.owner, try await gym.trainer(), try await gym.classType())
            var sites = [Site(id: gym.locationID)]
            for name in ["Harbour", "Hill"] as [Line] {
                sites.append(Site(id: try await owner.call(CreateLocation(), body: .init(name: name, address: Self.address)).id))
            }

            // Edited: a name and opening hours each.
            let hours = sites.indices.map { JSONValue.object(["opening_hours": ["monday": .string("0\(6 + $0):00-22:00")]]) }
            for (index, site) in sites.enumerated() {
                let body = UpdateLocation.Body(name: Line(rawValue: "Iron \(index)")!, settings: FreeForm(rawValue: hours[index])!)
                _ = try await owner.call(UpdateLocation(locationID: site.id), body: body)
            }
            let listed = try await owner.call(ListLocations()).data
            #expect(listed.map(\.id) == sites.map(\.id))
            #expect(listed.map(\.name.rawValue) == ["Iron 0", "Iron 1", "Iron 2"])
            #expect(listed.map(\.settings.rawValue) == hours)

            // What is done at each.
            func put(_ site: Int, in hours: Double, capacity: Capacity) async throws {
                let body = CreateSession.Body(
                    classTypeID: type, trainerID: trainer, locationID: sites[site].id, startsAt: Self.moment(hours: hours),
                    capacity: capacity)
                sites[site].sessions.append(try await owner.call(CreateSession(), body: body))
            }
            let members = [try await gym.member().id, try await gym.member().id, try await gym.member().id]
            try await put(0, in: 24, capacity: 4)
            try await put(0, in: 26, capacity: 2)
            try await put(1, in: 28, capacity: 10)
            try await put(1, in: 30, capacity: 5)
            try await put(2, in: 32, capacity: 8)
            // Too late for the report.
            try await put(2, in: 24 * 40, capacity: 8)
            let missed = try await gym.book(sites[0].sessions[0].id, members[0])
            for member in members[1...] { _ = try await gym.book(sites[0].sessions[0].id, member) }
            _ = try await owner.call(
                CompleteSession(sessionID: sites[0].sessions[0].id), body: .init(attendance: [.init(bookingID: missed.id, attended: false)])
            )
            for member in members { _ = try await gym.book(sites[0].sessions[1].id, member) }
            _ = try await gym.book(sites[1].sessions[0].id, members[0])
            _ = try await owner.call(CancelSession(sessionID: sites[1].sessions[0].id), body: .init())
            _ = try await gym.book(sites[1].sessions[1].id, members[0])
            _ = try await gym.book(sites[2].sessions[1].id, members[0])

            let (from, to) = (Self.moment(hours: -1), Self.moment(hours: 24 * 30))
            let report = try await owner.call(GetLocationReport(from: from, to: to))
            #expect(report.from == from && report.to == to)
            #expect(report.locations.map(\.locationID) == sites.map(\.id))
            let main = SessionFigures(
                sessionsScheduled: 1, sessionsHeld: 1, sessionsCancelled: 0, placesOffered: 6, confirmed: 4, waitlisted: 1,
                lateCancelled: 0, noShows: 1, attended: 2, distinctMembers: 3, utilization: 0.8333)
            let harbour = SessionFigures(
                sessionsScheduled: 1, sessionsHeld: 0, sessionsCancelled: 1, placesOffered: 5, confirmed: 1, waitlisted: 0,
                lateCancelled: 0, noShows: 0, attended: 0, distinctMembers: 1, utilization: 0.2)
            let hill = SessionFigures(
                sessionsScheduled: 1, sessionsHeld: 0, sessionsCancelled: 0, placesOffered: 8, confirmed: 0, waitlisted: 0,
                lateCancelled: 0, noShows: 0, attended: 0, distinctMembers: 0, utilization: 0)
            #expect(report.locations.map(\.figures) == [main, harbour, hill])
            #expect(
                report.total
                    == SessionFigures(
                        sessionsScheduled: 3, sessionsHeld: 1, sessionsCancelled: 1, placesOffered: 19, confirmed: 5, waitlisted: 1,
                        lateCancelled: 0, noShows: 1, attended: 2, distinctMembers: 3, utilization: 0.3158))
            // One login for all of it.
            #expect(try await owner.call(ListLoginSessions()).data.count == 1)
        }
    }

    @Test func staffOfOneLocationSeeAndChangeWhatIsThere() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (trainer, type, max) = (try await gym.trainer(), try await gym.classType(), try await gym.member().id)
            let harbour = try await gym.owner.call(CreateLocation(), body: .init(name: "Harbour", address: Self.address)).id
            let here = try await gym.session(type, trainer: trainer)
            let body = CreateSession.Body(classTypeID: type, trainerID: trainer, locationID: harbour, startsAt: Self.moment(hours: 48))
            let there = try await gym.owner.call(CreateSession(), body: body)
            let (mine, theirs) = (try await gym.book(here.id, max), try await gym.book(there.id, max))

            let email = "ann@\(gym.slug).example"
            let ann = try await gym.owner.call(
                CreateTrainer(),
                body: .init(fullName: "Ann Admin", email: EmailAddress(rawValue: email)!, password: Password(rawValue: Gym.password)!)
            ).id
            try await gym.raw.post("/v1/people/\(ann)/roles/admin", method: "PUT").expect(200)
            func signIn() async throws -> Caller {
                let answer = try await Caller(system).post(
                    "/v1/auth/login", ["email": .string(email), "password": .string(Gym.password)]
                ).expect(200)
                return Caller(system, token: try answer["access_token"])
            }
            let before = try await signIn()
            try await before.get("/v1/sessions/\(there.id)").expect(200)
            let bound = try await gym.raw.post(
                "/v1/people/\(ann)/locations", ["location_ids": [.string("\(gym.locationID)")]], method: "PUT"
            ).expect(200)
            #expect(bound.json["location_ids"] == [.string("\(gym.locationID)")])
            try await eventually("the token that reached further is refused") {
                try await before.get("/v1/sessions/\(there.id)").status == 401
            }

            let caller = try await signIn()
            #expect(try await caller.get("/v1/me").expect(200).json["person"]?["location_ids"] == bound.json["location_ids"])
            #expect(try await caller.get("/v1/sessions").expect(200).data.map { $0["id"]?.text } == ["\(here.id)"])
            #expect(try await caller.get("/v1/bookings").expect(200).data.map { $0["id"]?.text } == ["\(mine.id)"])
            try await caller.get("/v1/sessions/\(there.id)").expect(404)
            try await caller.post("/v1/sessions/\(there.id)/cancel").expect(404)
            try await caller.delete("/v1/bookings/\(theirs.id)").expect(404)
            try await caller.post("/v1/locations/\(harbour)", ["name": "Mine"], method: "PATCH").expect(403)
            let (from, to) = (Moment.text(Self.moment(hours: 0)), Moment.text(Self.moment(hours: 100)))
            let report = try await caller.get("/v1/reports/locations?from=\(from)&to=\(to)").expect(200)
            #expect(report.json["locations"]?.elements.map { $0["location_id"]?.text } == ["\(gym.locationID)"])
            #expect(report.json["total"]?["sessions_scheduled"] == 1)
            try await caller.delete("/v1/bookings/\(mine.id)").expect(200)
            try await caller.post("/v1/sessions/\(here.id)/complete").expect(200)
            #expect(try await gym.raw.get("/v1/sessions/\(there.id)").json["booked"] == 1)
        }
    }
}
