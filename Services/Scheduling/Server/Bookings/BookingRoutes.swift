import ContractKit
import Messaging
import SchedulingContract
import ServiceKit

enum BookingRoutes {
    static var all: [Endpoint] {
        [
            .handle(BookSession.self) { call, tx in
                let caller = try call.caller
                let memberID = try BookingRules.member(
                    named: call.body.memberID, by: caller.personID, roles: caller.roles, caller.scope)
                let (organizationID, id) = (caller.organizationID, call.input.sessionID)
                let bookings = BookingStore(organizationID: organizationID, tx: tx)
                guard let row = try await bookings.take(id, for: memberID, id: BookingID(now: call.now), now: call.now) else {
                    let session = try await SessionStore(organizationID: organizationID, tx: tx).find(id)
                    let refusal = BookingRules.refusal(session: session, memberID: memberID, now: call.now)
                    guard refusal.isA(.validation), let memberID else { throw refusal }
                    // The member may have been added just before, and may even have arrived since the place was looked for. Who is known
                    // here and is no active member need not be waited for.
                    switch try await ReadCopyStore(organizationID: organizationID, tx: tx).isActiveMember(memberID) {
                    case nil: throw refusal.awaiting(memberID.madeAt, now: call.now)
                    case true?: throw refusal.awaiting(call.now, now: call.now)
                    case false?: throw refusal
                    }
                }
                try await tx.emit(row.booking.created(in: organizationID, with: row.trainerID, row.timeZone))
                return row.booking
            },
            .handle(CancelBooking.self) { call, tx in
                let caller = try call.caller
                let bookings = BookingStore(organizationID: caller.organizationID, tx: tx)
                guard let held = try await bookings.hold(call.input.bookingID, of: caller.ownPerson) else { throw Problem.notFound }
                let cancellation = try BookingRules.cancel(held, version: call.expectedVersion, now: call.now, caller.scope)
                let booking = held.cancelled(by: cancellation, now: call.now)
                bookings.save(booking, cancellation, now: call.now)
                try await tx.emit(booking.cancelled(in: caller.organizationID, with: held.trainerID, held.timeZone))
                if cancellation.promotes {
                    let next = try await bookings.promoteFirst(in: booking.sessionID, now: call.now)
                    try await tx.emit(next.booking.promoted(in: caller.organizationID, next.timeZone))
                }
                return booking
            },
        ]
    }
}
