import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

@Suite struct SessionAPITests {
    @Test("S1-49: class types read back as they were made, and price their sessions") func classTypesReadBackAsTheyWereMade() async throws {
        try await withGym { gym in
            let made = try await gym.classType(capacity: 20)
            #expect(made.color?.rawValue == "#12AB9F")
            #expect(made.price == Gym.price)
            let session = try await gym.service.call(
                CreateSession(),
                body: .init(classTypeID: made.id, trainerID: gym.trainer, locationID: gym.location, startsAt: .inDays(1)), token: gym.staff)
            #expect(session.price == Gym.price && session.endsAt == .inDays(1) + 45 * 60)
            let more = try await gym.classType()
            let first = try await gym.service.call(ListClassTypes(limit: 1), token: gym.staff)
            #expect(first.data.map(\.id) == [made.id])
            let cursor = first.nextCursor.flatMap(Cursor.init(rawValue:))
            let second = try await gym.service.call(ListClassTypes(cursor: cursor, limit: 1), token: gym.token(PersonID(), [.member]))
            #expect(second.data.map(\.id) == [more.id])
            #expect(second.nextCursor == nil)
        }
    }

    @Test("S1-50, S1-52: categories and colours are known ones") func categoriesAndColoursAreKnownOnes() async throws {
        try await withGym { gym in
            func make(_ category: String, _ color: String) async throws -> RawAnswer {
                try await gym.service.request(
                    "POST", "/v1/class-types", token: gym.staff,
                    json: """
                        {"name":"Spin","category":"\(category)","duration_minutes":45,"capacity":9,"price":{"amount":1,"currency":"CAD"},
                         "color":"\(color)"}
                        """)
            }
            for category in ["group", "individual", "trial"] {
                let made = try await make(category, "#12AB9F")
                #expect(made.status == 201, "\(made.text)")
                #expect(try made.decoded(as: JSONValue.self)["category"] == .string(category))
            }
            let cases = [("yoga", "#12AB9F", "#/category"), ("group", "red", "#/color"), ("group", "#12AB9", "#/color")]
            for (category, color, pointer) in cases {
                let refused = try await make(category, color)
                #expect(try refused.status == 422 && refused.problem.errors?.map(\.pointer) == [pointer], "\(category) \(color)")
            }
        }
    }

    @Test func pricesAreInTheOrganizationsCurrency() async throws {
        try await withGym { gym in
            let dollars = try #require(CurrencyCode(rawValue: "USD"))
            let problem = try await refusal { try await gym.classType(price: Money(amount: 1, currency: dollars)) }
            #expect(problem?.errors?.map(\.pointer) == ["#/price/currency"])
        }
    }

    @Test func aSessionHasWhatThePinnedJourneyNames() async throws {
        try await withGym { gym in
            let type = try await gym.classType(capacity: 8)
            let answer = try await gym.service.request(
                "POST", "/v1/sessions", token: gym.staff,
                json: """
                    {"class_type_id":"\(type.id)","trainer_id":"\(gym.trainer)","location_id":"\(gym.location)",
                     "starts_at":"2031-05-01T10:00:00-04:00","duration_minutes":30}
                    """)
            #expect(answer.status == 201)
            let json = try answer.decoded(as: JSONValue.self)
            #expect(json["status"] == "scheduled")
            #expect(json["starts_at"] == "2031-05-01T14:00:00Z")
            #expect(json["ends_at"] == "2031-05-01T14:30:00Z")
            #expect(json["capacity"] == 8)
            #expect(json["booked"] == 0)
            #expect(json["waitlisted"] == 0)
            #expect(json["price"]?["amount"] == 5000)
            #expect(json["class_type_id"] == .string(type.id.description))
            #expect(answer.headers["etag"] == "\"v1\"")
        }
    }

    @Test func aTrainerIsInOnePlaceAtATime() async throws {
        try await withGym { gym in
            let (type, staff) = (try await gym.classType(), try await gym.staff)
            @Sendable func create(at hours: Double, by trainer: PersonID) async throws -> Session {
                try await gym.service.call(
                    CreateSession(),
                    body: .init(
                        classTypeID: type.id, trainerID: trainer, locationID: gym.location, startsAt: .inDays(3, hours: hours),
                        durationMinutes: 60),
                    token: staff)
            }
            let first = try await create(at: 10, by: gym.trainer)
            #expect(try await refusal { try await create(at: 10.5, by: gym.trainer) }?.isA(.trainerUnavailable) == true)
            #expect(try await refusal { try await create(at: 9.5, by: gym.trainer) }?.isA(.trainerUnavailable) == true)
            // Back to back, and by somebody else.
            _ = try await create(at: 11, by: gym.trainer)
            let colleague = PersonID()
            try await gym.save(colleague, [.trainer])
            _ = try await create(at: 10, by: colleague)
            // A cancelled session leaves its time free.
            _ = try await gym.callOff(first, token: staff)
            _ = try await create(at: 10, by: gym.trainer)
        }
    }

    @Test func unknownReferencesAreNamed() async throws {
        try await withGym { gym in
            let old = Date(timeIntervalSinceNow: -3600)
            let problem = try await refusal {
                try await gym.service.call(
                    CreateSession(),
                    body: .init(
                        classTypeID: ClassTypeID(), trainerID: PersonID(now: old), locationID: LocationID(now: old), startsAt: .inDays(1)),
                    token: gym.staff)
            }
            #expect(problem?.status == 422)
            #expect(problem?.errors?.map(\.pointer) == ["#/class_type_id", "#/trainer_id", "#/location_id"])
        }
    }

    @Test func waitsForATrainerWhoWasJustAdded() async throws {
        try await withGym { gym in
            let trainer = PersonID()
            async let made = gym.session(trainer: trainer)
            try await gym.save(trainer, [.trainer])
            #expect(try await made.trainerID == trainer)
        }
    }

    @Test func theOwnerOfASoloBusinessTeaches() async throws {
        try await withGym(kind: .solo) { gym in
            let session = try await gym.session(trainer: gym.owner)
            #expect(session.trainerID == gym.owner)
        }
    }

    @Test("S4-09, S4-10, S4-15, S4-16: sessions of every category are listed by trainer and by location")
    func sessionsAreListedByTrainerAndByLocation() async throws {
        try await withGym { gym in
            let (colleague, annex) = (PersonID(), LocationID())
            try await gym.save(colleague, [.trainer])
            try await gym.save(location: annex)
            var theirs: [SessionID] = []
            for (day, category) in [ClassCategory.group, .individual, .trial].enumerated() {
                theirs.append(try await gym.session(day: day + 1, trainer: colleague, category: category, location: annex).id)
                _ = try await gym.session(day: day + 1, category: category)
            }
            let member = try await gym.token(PersonID(), [.member])
            func listed(_ trainer: PersonID?, _ location: LocationID?) async throws -> [SessionID] {
                try await gym.service.call(ListSessions(locationID: location, trainerID: trainer), token: member).data.map(\.id)
            }
            #expect(try await listed(colleague, nil) == theirs)
            #expect(try await listed(nil, annex) == theirs)
            #expect(try await listed(nil, nil).count == 6)
            #expect(try await listed(gym.trainer, annex) == [])
        }
    }

    @Test func listsByStartInPages() async throws {
        try await withGym { gym in
            let colleague = PersonID()
            try await gym.save(colleague, [.trainer])
            var made: [Session] = []
            for day in [4, 2, 3, 1] { made.append(try await gym.session(day: day)) }
            // The same start: the id decides.
            made.append(try await gym.session(day: 3, trainer: colleague))
            let member = try await gym.token(PersonID(), [.member])
            let expected = made.sorted { ($0.startsAt, $0.id.description) < ($1.startsAt, $1.id.description) }.map(\.id)

            var (listed, cursor): ([SessionID], Cursor?) = ([], nil)
            repeat {
                let page = try await gym.service.call(ListSessions(cursor: cursor, limit: 2), token: member)
                listed += page.data.map(\.id)
                cursor = page.nextCursor.flatMap(Cursor.init(rawValue:))
            } while cursor != nil
            #expect(listed == expected)

            let some = try await gym.service.call(ListSessions(from: .inDays(2), to: .inDays(3)), token: member)
            #expect(some.data.map(\.startsAt) == [.inDays(2)])
            let hers = try await gym.service.call(ListSessions(trainerID: colleague), token: member)
            #expect(hers.data.map(\.trainerID) == [colleague])
            let elsewhere = try await gym.service.call(ListSessions(locationID: LocationID()), token: member)
            #expect(elsewhere.data.isEmpty)
        }
    }

    @Test func aMadeUpCursorIsRefused() async throws {
        try await withGym { gym in
            for path in ["/v1/sessions", "/v1/class-types", "/v1/bookings"] {
                for cursor in [Cursor("x"), Cursor(Date.distantFuture, "x"), Cursor("9223372036854775807", SessionID())] {
                    let answer = try await gym.service.request("GET", "\(path)?cursor=\(cursor.rawValue)", token: gym.staff)
                    #expect(answer.status == 422, "\(path) \(cursor.parts)")
                }
            }
        }
    }
}
