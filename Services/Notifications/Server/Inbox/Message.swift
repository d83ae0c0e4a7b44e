import AuthContract
import BillingContract
import ContractKit
import Foundation
import NotificationsContract
import SchedulingContract
import WorkoutsContract

/// What a person is told, in words. Pure: one event in, one message out.
struct Message: Hashable, Sendable {
    var kind: NotificationKind
    var title: String
    var body: String

    init(_ kind: NotificationKind, _ title: String, _ body: String) {
        self.kind = kind
        self.title = title
        self.body = body
    }

    static func about(_ event: BookingCreated) -> Message {
        let when = moment(event.startsAt, event.timeZone)
        return event.status == .waitlisted
            ? Message(
                .bookingWaitlisted, "Waitlist: \(event.className)",
                "\(event.className) on \(when) is full. You are on the waitlist and will hear from us when a place comes free.")
            : Message(.bookingConfirmed, "Booked: \(event.className)", "Your place in \(event.className) on \(when) is confirmed.")
    }

    static func about(_ event: BookingPromoted) -> Message {
        Message(
            .bookingPromoted, "You have a place: \(event.className)",
            "A place came free in \(event.className) on \(moment(event.startsAt, event.timeZone)), and it is yours.")
    }

    static func about(_ event: BookingCancelled) -> Message {
        Message(
            .bookingCancelled, "Cancelled: \(event.className)",
            "Your booking of \(event.className) on \(moment(event.startsAt, event.timeZone)) is cancelled.")
    }

    static func about(_ event: SessionCancelled) -> Message {
        Message(
            .sessionCancelled, "Not taking place: \(event.className)",
            "\(event.className) on \(moment(event.startsAt, event.timeZone)) was cancelled. Your booking is cancelled with it.")
    }

    static func about(_ event: SessionCompleted) -> Message {
        Message(
            .sessionCompleted, "Well done: \(event.className)",
            "You took part in \(event.className) on \(moment(event.startsAt, event.timeZone)). Your workout is open for what you did.")
    }

    static func about(_ event: InvoiceIssued) -> Message {
        Message(
            .invoiceIssued, "Invoice \(event.number)",
            "Your invoice \(event.number) for \(amount(event.total)) is ready. It is due on \(event.dueOn).")
    }

    static func about(_ event: InvoicePaid) -> Message {
        Message(
            .invoicePaid, "Paid: invoice \(event.number)", "Thank you. Your invoice \(event.number) for \(amount(event.total)) is paid.")
    }

    static func about(_ event: WorkoutCompleted) -> Message {
        let sets = event.setCount == 1 ? "1 set" : "\(event.setCount) sets"
        let records =
            switch event.records.count {
            case 0: ""
            case 1: " You set a personal record in one exercise."
            default: " You set personal records in \(event.records.count) exercises."
            }
        return Message(.workoutCompleted, "Workout completed", "You logged \(sets).\(records)")
    }

    /// - Parameter isOwn: For the trainer; for those who run the place otherwise. Whose document it is, they see there.
    static func about(_ event: TrainerDocumentExpiring, isOwn: Bool) -> Message {
        let kind =
            switch event.kind {
            case .certification: "certification"
            case .identity: "identity document"
            case .insurance: "proof of insurance"
            case .other: "document"
            }
        let whose = isOwn ? "Your \(kind)" : "A trainer's \(kind)"
        let then = isOwn ? " Please upload its successor." : ""
        return event.hasExpired
            ? Message(.trainerDocumentExpiring, "Run out: \(kind)", "\(whose) has run out: \(event.expiresOn) was its last day.\(then)")
            : Message(.trainerDocumentExpiring, "Running out: \(kind)", "\(whose) runs out: its last day is \(event.expiresOn).\(then)")
    }

    /// `2 March 2026, 18:00`, as clocks show it at the place.
    static func moment(_ date: Date, _ zone: TimeZoneID) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone.timeZone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
        ]
        func two(_ number: Int?) -> String { String(String(100 + (number ?? 0)).dropFirst()) }
        return "\(parts.day ?? 1) \(months[(parts.month ?? 1) - 1]) \(parts.year ?? 0), \(two(parts.hour)):\(two(parts.minute))"
    }

    /// `52.50 CAD`. Every currency is shown with two decimals, which is right for all but a few.
    static func amount(_ money: Money) -> String {
        let (whole, cents) = abs(money.amount).quotientAndRemainder(dividingBy: 100)
        return "\(money.amount < 0 ? "-" : "")\(whole).\(String(String(100 + cents).dropFirst())) \(money.currency)"
    }
}
