import ContractKit
import SchedulingContract

// What others are told of a booking, in the state that it has afterwards. Messages name the local time, so the zone goes along.

extension Booking {
    func created(in organizationID: OrganizationID, with trainerID: PersonID, _ timeZone: TimeZoneID) -> BookingCreated {
        BookingCreated(
            organizationID: organizationID, bookingID: id, sessionID: sessionID, memberID: memberID, trainerID: trainerID,
            status: status, className: className, startsAt: startsAt, timeZone: timeZone, version: version)
    }

    func promoted(in organizationID: OrganizationID, _ timeZone: TimeZoneID) -> BookingPromoted {
        BookingPromoted(
            organizationID: organizationID, bookingID: id, sessionID: sessionID, memberID: memberID, className: className,
            startsAt: startsAt, timeZone: timeZone, version: version)
    }

    func cancelled(in organizationID: OrganizationID, with trainerID: PersonID, _ timeZone: TimeZoneID) -> BookingCancelled {
        BookingCancelled(
            organizationID: organizationID, bookingID: id, sessionID: sessionID, memberID: memberID, trainerID: trainerID,
            className: className, startsAt: startsAt, timeZone: timeZone, version: version)
    }
}
