import AuthContract
import BillingContract
import Client
import ContractKit
import Foundation
import SchedulingContract
import ServiceKit
import TestSupport
import Testing

@testable import SystemSupport

/// Places and people, as they go over the wire.
@Suite struct PeopleTests {
    @Test func locationsAndTrainersAnswerAsPinned() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let address: JSONValue = [
                "street": "1 King St W", "city": "Toronto", "province": "ON", "postal_code": "M5H 1A1", "country": "Canada",
            ]
            let made = try await gym.raw.post("/v1/locations", ["name": "Downtown", "address": address]).expect(201)
            #expect(made.json["time_zone"] == "America/Toronto" && made.json["address"] == address)
            #expect(try await gym.raw.get("/v1/locations").expect(200).data.count == 2)
            let trainer = try await gym.raw.post(
                "/v1/trainers", ["full_name": "Tina", "email": .string("t@\(gym.slug).example"), "specializations": ["Yoga"]]
            ).expect(201)
            #expect(trainer.json["specializations"] == ["Yoga"] && trainer.json["roles"] == ["trainer"])
        }
    }

    @Test("S1-36: an inactive location takes no new sessions") func anInactiveLocationTakesNoNewSessions() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (type, trainer) = (try await gym.classType(), try await gym.trainer())
            let before = try await gym.session(type, trainer: trainer)
            func put(_ day: Int) async throws -> Reply {
                try await gym.raw.post(
                    "/v1/sessions",
                    [
                        "class_type_id": .string("\(type)"), "trainer_id": .string("\(trainer)"),
                        "location_id": .string("\(gym.locationID)"),
                        "starts_at": .string(Moment.text(before.startsAt.addingTimeInterval(Double(day) * 86_400))),
                    ])
            }
            let path = "/v1/locations/\(gym.locationID)"
            try await gym.raw.post(path, ["is_active": false], method: "PATCH").expect(200)
            var day = 0
            try await eventually("nothing more is put there") {
                day += 1
                return try await put(day).status == 422
            }
            #expect(try await put(100).expect(422).json["errors"]?.elements.map { $0["pointer"]?.text } == ["#/location_id"])
            // What was there before stays.
            try await gym.raw.get("/v1/sessions/\(before.id)").expect(200)
            try await gym.raw.post(path, ["is_active": true], method: "PATCH").expect(200)
            try await eventually("it takes sessions again") { try await put(200).status == 201 }
        }
    }

    @Test func membersAreFoundByNameAndAddress() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let email = "Zoé.Łukasz@\(gym.slug).example"
            let made = try await gym.raw.post(
                "/v1/members", ["full_name": "Zoé Łukasiewicz", "email": .string(email), "phone": "+1 416 555 0100"]
            )
            .expect(201)
            let id = try made["id"]
            try await gym.raw.post("/v1/members", ["full_name": "Somebody Else"]).expect(201)
            func found(_ query: String) async throws -> [String?] {
                let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                return try await gym.raw.get("/v1/members?query=\(escaped)").expect(200).data.map { $0["id"]?.text }
            }
            for query in ["Zoé", "zoe", "łukasiewicz", "ŁUKASIE", email, email.lowercased()] {
                #expect(try await found(query) == [id], "\(query)")
            }
            #expect(try await found("nobody@\(gym.slug).example") == [])
            #expect(try await gym.raw.get("/v1/members?limit=1").expect(200).data.count == 1)
            let first = try await gym.raw.get("/v1/members?limit=1").expect(200)
            let next = try await gym.raw.get("/v1/members?limit=1&cursor=\(try first["next_cursor"])").expect(200)
            #expect(next.data.count == 1 && next.data != first.data && next.json["next_cursor"] == .null)
        }
    }

    @Test func versionsAreHonoured() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let id = try await gym.raw.post("/v1/members", ["full_name": "Max"]).expect(201)["id"]
            let path = "/v1/members/\(id)"
            let first = try await gym.raw.get(path).expect(200)
            let tag = try #require(first.headers["etag"])
            let same = try await gym.raw.get(path, headers: ["If-None-Match": tag])
            #expect(same.status == 304 && same.body.isEmpty && same.headers["etag"] == tag)
            let changed = try await gym.raw.post(path, ["full_name": "Maximilian"], headers: ["If-Match": tag], method: "PATCH").expect(200)
            #expect(changed.json["full_name"] == "Maximilian" && changed.headers["etag"] != tag)
            try await gym.raw.post(path, ["full_name": "Moritz"], headers: ["If-Match": tag], method: "PATCH").expect(
                412, "precondition-failed")
            try await gym.raw.delete(path, headers: ["If-Match": tag]).expect(412, "precondition-failed")
            #expect(try await gym.raw.get(path).json["full_name"] == "Maximilian")
            try await gym.raw.delete(path).expect(204)
            try await gym.raw.get(path).expect(404, "not-found")
        }
    }

    @Test func aRemovedMemberIsSignedOut() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let member = try await gym.member()
            try await gym.raw.delete("/v1/members/\(member.id)").expect(204)
            try await eventually("the token is refused") { try await member.raw.get("/v1/bookings").status == 401 }
            try await Caller(system).post("/v1/auth/login", ["email": .string(member.email), "password": .string(Gym.password)]).expect(401)
        }
    }

    @Test("S1-45: a removed member leaves the lists, and past invoices still name them") func aRemovedMemberIsStillNamed() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (trainer, member) = (try await gym.trainer(), try await gym.member("Mia Muster"))
            let session = try await gym.session(try await gym.classType(), trainer: trainer)
            _ = try await gym.book(session.id, member.id)
            try await gym.raw.post("/v1/sessions/\(session.id)/complete").expect(200)
            let draft = try await arrival(of: "the invoice") {
                try await gym.owner.call(ListInvoices(memberID: member.id)).data.first { $0.lines.count == 1 }
            }
            _ = try await gym.owner.call(SendInvoice(invoiceID: draft.id))
            try await gym.owner.call(DeleteMember(memberID: member.id))

            #expect(try await gym.owner.call(ListMembers()).data.isEmpty)
            #expect(try await gym.owner.call(ListMembers(query: "muster")).data.isEmpty)
            try await gym.raw.get("/v1/members/\(member.id)").expect(404)
            let invoice = try await gym.owner.call(GetInvoice(invoiceID: draft.id))
            #expect(invoice.status == .sent && invoice.memberID == member.id)
            let named = try await gym.owner.call(GetPerson(personID: invoice.memberID))
            #expect(named.fullName == "Mia Muster" && named.isRemoved && named.roles == [.member])
        }
    }

    @Test func aTrainerSeesWhoIsBookedToThem() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (trainer, member) = (try await gym.trainer(), try await gym.member())
            let claims = AccessTokenClaims(
                personID: trainer, loginSessionID: LoginSessionID(), organizationID: gym.organizationID, roles: [.trainer], issuedAt: Date()
            )
            let caller = Caller(system, token: try await system.keys.token(claims))
            try await caller.get("/v1/members/\(member.id)").expect(404)
            let session = try await gym.session(try await gym.classType(), trainer: trainer)
            let booking = try await gym.book(session.id, member.id)
            try await eventually("the trainer sees the member") { try await caller.get("/v1/members/\(member.id)").status == 200 }
            #expect(try await caller.get("/v1/members").expect(200).data.map { $0["id"]?.text } == ["\(member.id)"])
            try await gym.owner.call(CancelBooking(bookingID: booking.id))
            try await eventually("the trainer sees nobody") { try await caller.get("/v1/members/\(member.id)").status == 404 }
        }
    }
}
