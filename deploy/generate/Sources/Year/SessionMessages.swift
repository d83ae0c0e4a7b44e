import ContractKit
import SchedulingContract

/// What people are told of one session: put into words once, in the product's words, and only where somebody is told.
///
/// The words depend on nothing but the class, its start and its place, so that the other ids may be those of nobody.
final class SessionMessages {
    private let session: PlannedSession
    private let organizationID: OrganizationID
    private let timeZone: TimeZoneID

    init(_ session: PlannedSession, of organization: Organization) {
        self.session = session
        organizationID = organization.organizationID
        timeZone = organization.zone
    }

    lazy var booked = Message.about(created(.confirmed))
    lazy var waiting = Message.about(created(.waitlisted))

    lazy var givenBack = Message.about(
        BookingCancelled(
            organizationID: organizationID, bookingID: BookingID(), sessionID: SessionID(), memberID: PersonID(),
            className: session.type.name, startsAt: session.startsAt.date, timeZone: timeZone, version: 2))

    lazy var held = Message.about(
        SessionCompleted(
            organizationID: organizationID, sessionID: SessionID(), trainerID: PersonID(), locationID: LocationID(),
            classTypeID: ClassTypeID(), className: session.type.name, category: .group, startsAt: session.startsAt.date,
            endsAt: session.endsAt.date, timeZone: timeZone, attendees: [], version: 2))

    lazy var calledOff = Message.about(
        SessionCancelled(
            organizationID: organizationID, sessionID: SessionID(), className: session.type.name, startsAt: session.startsAt.date,
            timeZone: timeZone, memberIDs: [], version: 2))

    private func created(_ status: BookingStatus) -> BookingCreated {
        BookingCreated(
            organizationID: organizationID, bookingID: BookingID(), sessionID: SessionID(), memberID: PersonID(), status: status,
            className: session.type.name, startsAt: session.startsAt.date, timeZone: timeZone, version: 1)
    }
}
