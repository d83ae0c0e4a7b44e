import ContractKit
import SchedulingContract
import TestSupport
import Testing

@testable import SchedulingServer

@Suite struct AuditWalkTests {
    @Test("S1-03: every write route leaves a row in the audit log with the actor's id") func everyWriteRouteLeavesARow() async throws {
        try await withGym { gym in
            let (session, off, member) = (try await gym.session(day: 1), try await gym.session(day: 2), try await gym.member())
            _ = try await gym.cancel(try await gym.book(session, member))
            _ = try await gym.book(session, member)
            try await gym.start(session)
            _ = try await gym.complete(session)
            _ = try await gym.callOff(off)
            #expect(try await gym.stored.unlogged(SchedulingContract.self, by: [gym.owner]) == [])
        }
    }

    /// The counters of a session say nothing that its bookings do not.
    @Test func `A booking is one row, and its session none`() async throws {
        try await withGym { gym in
            let (session, member) = (try await gym.session(), try await gym.member())
            let before = try await gym.stored.sql("select count(*) from scheduling.audit_log")
            _ = try await gym.book(session, member)
            let rows = try await gym.stored.sql("select record_type, action from scheduling.audit_log order by seq offset \(before)")
            #expect(rows == "bookings|create")
        }
    }

    @Test("S1-96: every look at bookings adds a row for each member, and a refused one none") func looksAtBookingsAreLogged() async throws {
        try await withGym { gym in
            let (session, first, second) = (try await gym.session(), try await gym.member(), try await gym.member())
            let booking = try await gym.book(session, first)
            _ = try await gym.book(session, second)
            let seen = "select by, record_id, access, new_values -> 'ids' from scheduling.audit_log where action = 'read' order by seq"
            _ = try await gym.service.call(ListBookings(), token: gym.token(first, [.member]))
            #expect(try await gym.stored.sql(seen) == #"ListBookings|\#(first)|view|["\#(booking.id)"]"#)
            _ = try await gym.bookings(of: session)
            #expect(try await gym.stored.sql(seen).split(separator: "\n").count == 3)
            let stranger = try await gym.service.token(roles: [.owner], organization: OrganizationID())
            let path = "/v1/sessions/\(session.id)/bookings"
            #expect(try await gym.service.request("GET", path, token: stranger).status == 404)
            #expect(try await gym.stored.sql(seen).split(separator: "\n").count == 3)
        }
    }
}
