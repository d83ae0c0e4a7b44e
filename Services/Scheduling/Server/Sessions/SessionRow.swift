import ContractKit
import Foundation
import Postgres
import SchedulingContract

/// A session as statements return it, with its class type's and its location's part.
struct SessionRow: RowReadable {
    /// Of sessions `s`, class types `c` and locations `l`.
    static let columns: SQL = """
        s.id, s.class_type_id, c.name as class_name, c.category, c.color, s.trainer_id, s.location_id, l.time_zone, s.status,
        s.starts_at, s.ends_at, s.capacity, s.booked, s.waitlisted, s.price_amount, s.currency, s.cancel_reason, s.created_at, s.version
        """

    let session: Session

    init(reading row: inout RowReader) throws {
        session = Session(
            id: try row.id("id"), classTypeID: try row.id("class_type_id"), className: try row.text("class_name"),
            category: try row.text("category"), color: try row.textIfAny("color"), trainerID: try row.id("trainer_id"),
            locationID: try row.id("location_id"), timeZone: try row.text("time_zone"), status: try row.text("status"),
            startsAt: try row.moment("starts_at"), endsAt: try row.moment("ends_at"), capacity: try row.number("capacity"),
            booked: try row.int("booked"), waitlisted: try row.int("waitlisted"),
            price: Money(amount: try row.int64("price_amount"), currency: try row.text("currency")),
            cancelReason: try row.textIfAny("cancel_reason"), createdAt: try row.moment("created_at"), version: try row.int64("version"))
    }
}
