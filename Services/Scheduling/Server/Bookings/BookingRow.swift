import ContractKit
import Foundation
import Postgres
import SchedulingContract

/// A booking as statements return it, with what its events tell of the session.
struct BookingRow: Decodable, Sendable {
    /// Of bookings `b`, sessions `s`, class types `c` and locations `l`.
    static let columns: SQL = """
        b.id, b.session_id, b.member_id, b.status, b.payment_status, c.name as class_name, s.starts_at, b.booked_at, b.cancelled_at,
        b.version, b.arrival, s.trainer_id, l.time_zone,
        case b.status when 'waitlisted' then (
            -- A rank, not a stored number: leaving the line moves nobody's row.
            select count(*) from bookings w
            where w.organization_id = b.organization_id and w.session_id = b.session_id and w.status = 'waitlisted'
                and w.arrival <= b.arrival
        ) end as waitlist_position
        """

    var booking: Booking
    var arrival: Int
    var trainerID: PersonID
    var timeZone: TimeZoneID

    init(from decoder: any Decoder) throws {
        booking = try Booking(from: decoder)
        let row = try decoder.container(keyedBy: CodingKeys.self)
        arrival = try row.decode(Int.self, forKey: .arrival)
        trainerID = try row.decode(PersonID.self, forKey: .trainerID)
        timeZone = try row.decode(TimeZoneID.self, forKey: .timeZone)
    }

    private enum CodingKeys: CodingKey { case arrival, trainerID, timeZone }
}

/// A booking together with the state of its session, both locked.
struct HeldBooking: Decodable, Sendable {
    var booking: Booking
    var trainerID: PersonID
    var timeZone: TimeZoneID
    var sessionStatus: SessionStatus
    var sessionWaitlisted: Int

    init(booking: Booking, trainerID: PersonID, timeZone: TimeZoneID, sessionStatus: SessionStatus, sessionWaitlisted: Int) {
        self.booking = booking
        self.trainerID = trainerID
        self.timeZone = timeZone
        self.sessionStatus = sessionStatus
        self.sessionWaitlisted = sessionWaitlisted
    }

    init(from decoder: any Decoder) throws {
        booking = try Booking(from: decoder)
        let row = try decoder.container(keyedBy: CodingKeys.self)
        trainerID = try row.decode(PersonID.self, forKey: .trainerID)
        timeZone = try row.decode(TimeZoneID.self, forKey: .timeZone)
        sessionStatus = try row.decode(SessionStatus.self, forKey: .sessionStatus)
        sessionWaitlisted = try row.decode(Int.self, forKey: .sessionWaitlisted)
    }

    private enum CodingKeys: CodingKey { case trainerID, timeZone, sessionStatus, sessionWaitlisted }

    /// The booking once `cancellation` is written.
    func cancelled(by cancellation: Cancellation, now: Date) -> Booking {
        var booking = booking
        booking.status = cancellation.status
        booking.waitlistPosition = nil
        booking.cancelledAt = now
        booking.version += 1
        return booking
    }
}
