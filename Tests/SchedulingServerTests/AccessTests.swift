import ContractKit
import Foundation
import Postgres
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

@Suite struct AccessTests {
    @Test func anotherOrganizationSeesNothing() async throws {
        try await withGym { gym in
            let session = try await gym.session()
            let booking = try await gym.book(session, try await gym.member())
            let stranger = try await Gym(gym.service, gym.stored)
            let staff = try await stranger.staff
            let paths = [
                ("GET", "/v1/sessions/\(session.id)"), ("POST", "/v1/sessions/\(session.id)/complete"),
                ("POST", "/v1/sessions/\(session.id)/cancel"), ("GET", "/v1/sessions/\(session.id)/bookings"),
                ("POST", "/v1/sessions/\(session.id)/bookings"), ("DELETE", "/v1/bookings/\(booking.id)"),
            ]
            for (method, path) in paths {
                let answer = try await gym.service.request(method, path, token: staff)
                #expect(answer.status == 404, "\(method) \(path)")
            }
            #expect(try await gym.service.call(ListSessions(), token: staff).data.isEmpty)
            #expect(try await gym.service.call(ListBookings(), token: staff).data.isEmpty)
            #expect(try await gym.service.call(ListClassTypes(), token: staff).data.isEmpty)
            #expect(try await gym.read(session).status == .scheduled)
        }
    }

    @Test func aTransactionOfNobodyReadsNothing() async throws {
        try await withGym { gym in
            _ = try await gym.book(try await gym.session(), try await gym.member())
            let tables: [SQL] = ["organizations", "locations", "people", "class_types", "sessions", "bookings"]
            for table in tables {
                let rows = try await gym.service.database.transaction { tx in
                    try await tx.one("select count(*) from \(table)", as: Int.self)
                }
                #expect(rows == 0, "\(table.text)")
            }
        }
    }

    @Test func membersSeeTheirOwnBookingsOnly() async throws {
        try await withGym { gym in
            let (session, me) = (try await gym.session(), try await gym.member())
            let (mine, others) = (try await gym.book(session, me), try await gym.book(session, try await gym.member()))
            let token = try await gym.token(me, [.member])
            #expect(try await gym.service.call(ListSessionBookings(sessionID: session.id), token: token).data == [mine])
            #expect(try await gym.service.call(ListBookings(), token: token).data == [mine])
            #expect(try await refusal { try await gym.service.call(ListBookings(memberID: others.memberID), token: token) }?.status == 403)
            #expect(try await refusal { try await gym.cancel(others, token: token) }?.status == 404)
            let forAnother = try await refusal {
                try await gym.service.call(BookSession(sessionID: session.id), body: .init(memberID: try await gym.member()), token: token)
            }
            #expect(forAnother?.status == 403)
            #expect(try await refusal { try await gym.complete(session, token: token) }?.status == 403)
        }
    }

    @Test func trainersRunTheirOwnSessions() async throws {
        try await withGym { gym in
            let colleague = PersonID()
            try await gym.save(colleague, [.trainer])
            let (mine, hers) = (try await gym.session(), try await gym.session(trainer: colleague))
            let booking = try await gym.book(mine, try await gym.member())
            let token = try await gym.token(gym.trainer, [.trainer])
            #expect(try await gym.service.call(ListSessionBookings(sessionID: mine.id), token: token).data == [booking])
            #expect(try await gym.service.call(GetSession(sessionID: hers.id), token: token).id == hers.id)
            #expect(try await refusal { try await gym.service.call(ListSessionBookings(sessionID: hers.id), token: token) }?.status == 403)
            #expect(try await refusal { try await gym.callOff(hers, token: token) }?.status == 403)
            #expect(try await refusal { try await gym.complete(hers, token: token) }?.status == 403)
            #expect(try await gym.complete(mine, token: token).status == .completed)
        }
    }

    @Test("S3-02: whoever has a trainer's role holds sessions, whoever has not is forbidden") func onlyTrainersHoldSessions() async throws {
        try await withGym { gym in
            let (session, other) = (try await gym.session(), try await gym.session(day: 2))
            #expect(try await gym.complete(session, token: try await gym.token(gym.trainer, [.trainer, .member])).status == .completed)
            // The same person, who is no trainer any more.
            let member = try await gym.token(gym.trainer, [.member])
            #expect(try await refusal { try await gym.complete(other, token: member) }?.isA(.forbidden) == true)
            #expect(try await refusal { try await gym.callOff(other, token: member) }?.isA(.forbidden) == true)
            #expect(try await gym.read(other).status == .scheduled)
        }
    }
}
