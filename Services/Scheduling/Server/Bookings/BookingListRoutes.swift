import ContractKit
import SchedulingContract
import ServiceKit

enum BookingListRoutes {
    static var all: [Endpoint] {
        [
            .handle(ListSessionBookings.self) { call, tx in
                let (caller, input) = (try call.caller, call.input)
                let limit = input.limit ?? .standard
                guard let session = try await SessionStore(organizationID: caller.organizationID, tx: tx).find(input.sessionID) else {
                    throw Problem.notFound
                }
                let memberID = try BookingRules.visibleMember(in: session, to: caller.personID, caller.scope)
                let rows = try await BookingLists(organizationID: caller.organizationID, tx: tx)
                    .ofSession(session.id, memberID: memberID, after: try arrival(input.cursor), count: limit.rawValue + 1)
                return page(rows, limit) { Cursor(String($0.arrival)) }
            },
            .handle(ListBookings.self) { call, tx in
                let (caller, input) = (try call.caller, call.input)
                let limit = input.limit ?? .standard
                let last: BookingID? = input.cursor?.id(0)
                if input.cursor != nil, last == nil { throw Problem.invalid("?cursor", Cursor.rule) }
                let memberID = try BookingRules.listedMember(input.memberID, by: caller.personID, caller.scope)
                let rows = try await BookingLists(organizationID: caller.organizationID, tx: tx)
                    .newest(memberID: memberID, before: last, count: limit.rawValue + 1)
                return page(rows, limit) { Cursor($0.booking.id) }
            },
        ]
    }

    /// The order of arrival counts from 1: before it is the beginning.
    private static func arrival(_ cursor: Cursor?) throws(Problem) -> Int {
        guard let cursor else { return 0 }
        guard let last = cursor.text(0).flatMap(Int32.init) else { throw Problem.invalid("?cursor", Cursor.rule) }
        return Int(last)
    }

    /// What the cursor holds stands in the row but not in the booking that is shown.
    private static func page(_ rows: [BookingRow], _ limit: PageLimit, _ cursor: (BookingRow) -> Cursor) -> Page<Booking> {
        let page = rows.cut(to: limit, cursor: cursor)
        return Page(data: page.rows.map(\.booking), nextCursor: page.nextCursor)
    }
}
