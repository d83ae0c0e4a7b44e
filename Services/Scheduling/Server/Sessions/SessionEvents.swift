import ContractKit
import SchedulingContract

// What others are told of a session, in the state that it has afterwards.

extension Session {
    func completed(in organizationID: OrganizationID, attended: [Roll.Entry]) -> SessionCompleted {
        SessionCompleted(
            organizationID: organizationID, sessionID: id, trainerID: trainerID, locationID: locationID, classTypeID: classTypeID,
            className: className, category: category, startsAt: startsAt, endsAt: endsAt, timeZone: timeZone,
            attendees: attended.map { .init(bookingID: $0.id, memberID: $0.memberID, price: price) }, version: version)
    }

    func cancelled(in organizationID: OrganizationID, memberIDs: [PersonID]) -> SessionCancelled {
        SessionCancelled(
            organizationID: organizationID, sessionID: id, trainerID: trainerID, className: className, startsAt: startsAt,
            timeZone: timeZone, memberIDs: memberIDs, version: version)
    }
}
