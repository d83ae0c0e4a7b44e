import ContractKit
import Foundation
import Postgres
import SchedulingContract

/// A session as statements return it, with its class type's and its location's part.
struct SessionRow: Decodable, Sendable {
    /// Of sessions `s`, class types `c` and locations `l`.
    static let columns: SQL = """
        s.id, s.class_type_id, c.name as class_name, c.category, c.color, s.trainer_id, s.location_id, l.time_zone, s.status,
        s.starts_at, s.ends_at, s.capacity, s.booked, s.waitlisted, s.price_amount, s.currency, s.cancel_reason, s.created_at, s.version
        """

    var id: SessionID
    var classTypeID: ClassTypeID
    var className: Line
    var category: ClassCategory
    var color: HexColor?
    var trainerID: PersonID
    var locationID: LocationID
    var timeZone: TimeZoneID
    var status: SessionStatus
    var startsAt: Date
    var endsAt: Date
    var capacity: Capacity
    var booked: Int
    var waitlisted: Int
    var priceAmount: Int64
    var currency: CurrencyCode
    var cancelReason: Paragraph?
    var createdAt: Date
    var version: Int64

    var session: Session {
        Session(
            id: id, classTypeID: classTypeID, className: className, category: category, color: color, trainerID: trainerID,
            locationID: locationID, timeZone: timeZone, status: status, startsAt: startsAt, endsAt: endsAt, capacity: capacity,
            booked: booked, waitlisted: waitlisted, price: Money(amount: priceAmount, currency: currency), cancelReason: cancelReason,
            createdAt: createdAt, version: version)
    }
}
