import ContractKit
import Foundation
import SchedulingContract

enum SessionRules {
    /// The session that a request asks for, with its class type's defaults.
    ///
    /// - Throws: a 422 ``Problem`` that names every field at fault.
    static func plan(
        _ body: CreateSession.Body, id: SessionID, classType: ClassType?, trainer: PersonCopy?, location: LocationCopy?,
        engagement: EngagementCopy? = nil, organization: OrganizationCopy, now: Date
    ) throws(Problem) -> Session {
        var faults: [FieldError] = []
        if classType == nil { faults.append(FieldError(pointer: "#/class_type_id", detail: "is no class type of this organization")) }
        if trainer?.canTrain(in: organization.kind) != true {
            faults.append(FieldError(pointer: "#/trainer_id", detail: "is no active trainer of this organization"))
        }
        // Who was never said to work there may, as in organizations that keep no such books.
        if let engagement, let location, !engagement.covers(LocalDay(body.startsAt, in: location.timeZone.timeZone)) {
            faults.append(FieldError(pointer: "#/trainer_id", detail: "does not work at this location on that day"))
        }
        if location?.isActive != true {
            faults.append(FieldError(pointer: "#/location_id", detail: "is no active location of this organization"))
        }
        if let price = body.price, let fault = PriceRules.fault(price, in: organization.currency, at: "#/price") { faults.append(fault) }
        guard faults.isEmpty, let classType, let location else { throw Problem(.validation, errors: faults) }
        let minutes = body.durationMinutes ?? classType.durationMinutes
        return Session(
            id: id, classTypeID: classType.id, className: classType.name, category: classType.category, color: classType.color,
            trainerID: body.trainerID, locationID: body.locationID, timeZone: location.timeZone, status: .scheduled,
            startsAt: body.startsAt, endsAt: body.startsAt.addingTimeInterval(Double(minutes.rawValue) * 60),
            capacity: body.capacity ?? classType.capacity, booked: 0, waitlisted: 0, price: body.price ?? classType.price,
            cancelReason: nil, createdAt: now, version: 1)
    }

    /// Staff run every session, a trainer their own. The timetable is open to all, so a session of somebody else is
    /// forbidden rather than unknown.
    static func requireMayRun(_ session: Session, _ person: PersonID, _ scope: Scope) throws(Problem) {
        guard scope == .organization || session.trainerID == person else { throw Problem(.forbidden) }
    }

    /// A session ends once, completed or cancelled, and only in the state that the caller has seen (`If-Match`).
    static func requireScheduled(_ session: Session, version: Int64?) throws(Problem) {
        try session.check(version)
        guard session.status == .scheduled else { throw Problem(.sessionNotScheduled) }
    }
}
