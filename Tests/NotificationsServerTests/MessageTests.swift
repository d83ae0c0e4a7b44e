import AuthContract
import BillingContract
import ContractKit
import Foundation
import NotificationsContract
import SchedulingContract
import Testing
import WorkoutsContract

@testable import NotificationsServer

@Suite struct MessageTests {
    private let organization = OrganizationID()
    private let member = PersonID()
    private let start = Date(timeIntervalSince1970: 1_772_416_800)  // 2026-03-02 02:00 UTC: the evening before in Toronto

    @Test func bookings() {
        func created(_ status: BookingStatus) -> Message {
            .about(
                BookingCreated(
                    organizationID: organization, bookingID: BookingID(), sessionID: SessionID(), memberID: member, status: status,
                    className: "Spin", startsAt: start, timeZone: .example, version: 1))
        }
        #expect(
            created(.confirmed) == Message(.bookingConfirmed, "Booked: Spin", "Your place in Spin on 1 March 2026, 21:00 is confirmed."))
        #expect(created(.waitlisted).kind == .bookingWaitlisted && created(.waitlisted).title == "Waitlist: Spin")
        #expect(created(.waitlisted).body.hasPrefix("Spin on 1 March 2026, 21:00 is full."))

        let promoted = Message.about(
            BookingPromoted(
                organizationID: organization, bookingID: BookingID(), sessionID: SessionID(), memberID: member, className: "Yoga",
                startsAt: start, timeZone: .utc, version: 2))
        #expect(promoted.kind == .bookingPromoted && promoted.title == "You have a place: Yoga")
        #expect(promoted.body == "A place came free in Yoga on 2 March 2026, 02:00, and it is yours.")

        let cancelled = Message.about(
            BookingCancelled(
                organizationID: organization, bookingID: BookingID(), sessionID: SessionID(), memberID: member, className: "Yoga",
                startsAt: start, timeZone: .example, version: 2))
        #expect(
            cancelled == Message(.bookingCancelled, "Cancelled: Yoga", "Your booking of Yoga on 1 March 2026, 21:00 is cancelled."))
    }

    @Test func sessions() {
        let cancelled = Message.about(
            SessionCancelled(
                organizationID: organization, sessionID: SessionID(), className: "Spin", startsAt: start, timeZone: .example,
                memberIDs: [member], version: 2))
        #expect(cancelled.kind == .sessionCancelled && cancelled.title == "Not taking place: Spin")
        #expect(cancelled.body == "Spin on 1 March 2026, 21:00 was cancelled. Your booking is cancelled with it.")
        let completed = Message.about(
            SessionCompleted(
                organizationID: organization, sessionID: SessionID(), trainerID: PersonID(), locationID: LocationID(),
                classTypeID: ClassTypeID(), className: "Spin", category: .group, startsAt: start, endsAt: start, timeZone: .example,
                attendees: [], version: 2))
        #expect(completed.kind == .sessionCompleted && completed.title == "Well done: Spin")
        #expect(completed.body.hasPrefix("You took part in Spin on 1 March 2026, 21:00."))
    }

    @Test func invoices() {
        let total = Money(amount: 5250, currency: .example)
        let day = LocalDay.example
        let issued = Message.about(
            InvoiceIssued(
                organizationID: organization, invoiceID: InvoiceID(), memberID: member, number: "2026-00017", total: total, dueOn: day,
                version: 2))
        #expect(
            issued
                == Message(
                    .invoiceIssued, "Invoice 2026-00017",
                    "Your invoice 2026-00017 for 52.50 CAD is ready. It is due on 2026-03-01."))
        let paid = Message.about(
            InvoicePaid(
                organizationID: organization, invoiceID: InvoiceID(), memberID: member, number: "2026-00017", total: total, bookingIDs: [],
                version: 3))
        #expect(
            paid == Message(.invoicePaid, "Paid: invoice 2026-00017", "Thank you. Your invoice 2026-00017 for 52.50 CAD is paid."))
    }

    @Test(arguments: [
        (0, 0, "You logged 0 sets."), (1, 0, "You logged 1 set."),
        (12, 1, "You logged 12 sets. You set a personal record in one exercise."),
        (12, 3, "You logged 12 sets. You set personal records in 3 exercises."),
    ])
    func workouts(sets: Int, records: Int, body: String) {
        let message = Message.about(
            WorkoutCompleted(
                organizationID: organization, workoutID: WorkoutID(), memberID: member, setCount: sets,
                records: (0..<records).map { _ in ExerciseID() }, version: 2))
        #expect(message == Message(.workoutCompleted, "Workout completed", body))
    }

    @Test(arguments: [
        (0, "0.00 CAD"), (5, "0.05 CAD"), (100, "1.00 CAD"), (5250, "52.50 CAD"), (-5, "-0.05 CAD"), (-5250, "-52.50 CAD"),
        (Money.limit, "100000000000.00 CAD"), (-Money.limit, "-100000000000.00 CAD"), (Money.limit - 1, "99999999999.99 CAD"),
    ])
    func amounts(amount: Int64, text: String) {
        #expect(Message.amount(Money(amount: amount, currency: .example)) == text)
    }

    /// Summer and winter, both sides of midnight and of the year, zones of half and quarter hours.
    @Test(arguments: [
        ("2026-07-01T03:59:00Z", "America/Toronto", "30 June 2026, 23:59"),
        ("2026-01-01T04:59:00Z", "America/Toronto", "31 December 2025, 23:59"),
        ("2026-03-08T06:59:00Z", "America/Toronto", "8 March 2026, 01:59"),
        ("2026-03-08T07:00:00Z", "America/Toronto", "8 March 2026, 03:00"),
        ("2026-05-05T00:00:00Z", "Asia/Kathmandu", "5 May 2026, 05:45"),
        ("2026-05-05T12:00:00Z", "Pacific/Kiritimati", "6 May 2026, 02:00"),
        ("2028-02-29T12:00:00Z", "UTC", "29 February 2028, 12:00"),
    ])
    func moments(moment: String, zone: String, text: String) throws {
        let date = try #require(Moment.date(moment))
        #expect(Message.moment(date, try #require(TimeZoneID(rawValue: zone))) == text)
    }
}
