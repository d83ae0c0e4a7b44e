import AuthContract
import BillingContract
import ContractKit
import Foundation
import NotificationsContract
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import AuthServer
@testable import BillingServer
@testable import NotificationsServer
@testable import SchedulingServer
@testable import WorkoutsServer

@Suite struct QueryPlanTests {
    @Test(arguments: common)
    func `S0-64, S1-58, S2-66, S2-67, S4-58, S4-59: big tables are read by index only, as often for a big page as for a small one`(
        _ query: CommonQuery
    ) async throws {
        let (small, big) = try await query.run()
        for outcome in [small, big] {
            #expect(outcome.indexes == query.indexes)
            #expect(outcome.scans == [])
            #expect(outcome.wasted == [])
            #expect(outcome.plans.filter { $0.statement.lowercased().contains("offset ") }.isEmpty)
        }
        #expect(small.statements == big.statements)
        #expect(small.roundTrips == big.roundTrips)
    }

    static let common: [CommonQuery] = [
        // auth
        CommonQuery("members", AuthService.self, uses: "people_pkey", "person_keys_pkey") {
            try await $0.ask(ListMembers(limit: $0.limit), by: .owner)
        },
        CommonQuery("members, a later page", AuthService.self, uses: "people_pkey", "person_keys_pkey") {
            try await $0.ask(ListMembers(limit: $0.limit, cursor: Cursor($0.place.members[80])), by: .owner)
        },
        CommonQuery("members by name", AuthService.self, uses: "people_pkey", "person_keys_pkey", "person_name_grams_pkey") {
            try await $0.ask(ListMembers(query: SearchText(rawValue: "mar"), limit: $0.limit), by: .owner)
        },
        CommonQuery("members by email", AuthService.self, uses: "people_email_key", "person_keys_pkey") {
            try await $0.ask(ListMembers(query: SearchText(rawValue: "member7@generated-1-002.example"), limit: $0.limit), by: .owner)
        },
        CommonQuery("a member", AuthService.self, uses: "people_pkey", "person_keys_pkey") {
            try await $0.ask(GetMember(memberID: $0.place.member), by: .owner)
        },
        CommonQuery("trainers", AuthService.self, uses: "people_trainers", "person_keys_pkey") {
            try await $0.ask(ListTrainers(limit: $0.limit))
        },
        CommonQuery(
            "me", AuthService.self, uses: "accounts_pkey", "organization_domains_organization_id_key", "own_profiles_pkey", "people_pkey",
            "person_keys_pkey"
        ) {
            try await $0.ask(GetMe())
        },
        CommonQuery("login sessions", AuthService.self, uses: "audit_log_actor", "login_sessions_person", "person_keys_pkey") {
            try await $0.ask(ListLoginSessions(limit: $0.limit))
        },
        CommonQuery(
            "signing in", AuthService.self, uses: "accounts_email_index_key", "accounts_pkey", "people_account",
            "people_pkey", "person_keys_pkey", "second_factors_pkey", "sign_in_addresses_pkey", "sign_in_failures_pkey"
        ) { visit in
            let email = try #require(EmailAddress(rawValue: "member\(visit.attempt + 1)@generated-1-002.example"))
            let password = try #require(EnteredPassword(rawValue: GeneratedYears.password))
            try await visit.service.call(Login(), body: .init(email: email, password: password))
        },
        CommonQuery("a new member", AuthService.self) {
            let email = EmailAddress(rawValue: "\(UUID())@new.example")
            try await $0.ask(CreateMember(), .init(fullName: "Nora New", email: email), by: .owner)
        },

        // scheduling
        CommonQuery("a week's timetable", Scheduling.self, uses: "sessions_timetable") {
            try await $0.ask(ListSessions(from: Date(), to: Date() + 7 * 86_400, limit: $0.limit))
        },
        CommonQuery("a trainer's week", Scheduling.self, uses: "sessions_of_trainer") {
            try await $0.ask(ListSessions(from: Date(), to: Date() + 7 * 86_400, trainerID: $0.place.trainer, limit: $0.limit))
        },
        CommonQuery("a location's week", Scheduling.self, uses: "sessions_of_location") {
            try await $0.ask(ListSessions(from: Date(), to: Date() + 7 * 86_400, locationID: $0.place.location, limit: $0.limit))
        },
        CommonQuery("a session", Scheduling.self, uses: "sessions_pkey") { try await $0.ask(GetSession(sessionID: $0.place.open[0])) },
        CommonQuery("a session's bookings", Scheduling.self, uses: "bookings_arrival", "sessions_pkey") {
            try await $0.ask(ListSessionBookings(sessionID: $0.place.held[0], limit: $0.limit), by: .owner)
        },
        CommonQuery("my bookings", Scheduling.self, uses: "bookings_arrival", "bookings_of_member", "sessions_pkey") {
            try await $0.ask(ListBookings(limit: $0.limit))
        },
        CommonQuery("everybody's bookings", Scheduling.self, uses: "bookings_arrival", "bookings_pkey", "sessions_pkey") {
            try await $0.ask(ListBookings(limit: $0.limit), by: .owner)
        },
        CommonQuery("four weeks of every location", Scheduling.self, uses: "bookings_arrival", "sessions_timetable") {
            try await $0.ask(GetLocationReport(from: Date() - 14 * 86_400, to: Date() + 14 * 86_400), by: .owner)
        },
        CommonQuery(
            "booking and cancelling", Scheduling.self, uses: "bookings_arrival", "bookings_of_member", "bookings_pkey", "people_pkey",
            "sessions_pkey"
        ) {
            let booking = try await $0.ask(BookSession(sessionID: $0.place.open[$0.attempt]), .init())
            try await $0.ask(CancelBooking(bookingID: booking.id))
        },
        CommonQuery("completing a session", Scheduling.self, uses: "bookings_arrival", "bookings_one_live_per_member", "sessions_pkey") {
            try await $0.ask(CompleteSession(sessionID: $0.place.held[$0.attempt]), .init(), by: .owner)
        },
        CommonQuery("cancelling a session", Scheduling.self, uses: "bookings_one_live_per_member", "sessions_pkey") {
            try await $0.ask(CancelSession(sessionID: $0.place.held[$0.attempt + 20]), .init(), by: .owner)
        },

        // workouts
        CommonQuery(
            "my workouts", Workouts.self, uses: "personal_records_pkey", "sets_one_number", "workouts_of_a_member", "workouts_of_a_trainer"
        ) { try await $0.ask(ListWorkouts(limit: $0.limit)) },
        CommonQuery("a member's workouts", Workouts.self, uses: "personal_records_pkey", "sets_one_number", "workouts_of_a_member") {
            try await $0.ask(ListWorkouts(memberID: $0.place.member, limit: $0.limit), by: .owner)
        },
        CommonQuery(
            "a trainer's workouts", Workouts.self, uses: "personal_records_pkey", "sets_one_number", "workouts_of_a_member",
            "workouts_of_a_trainer"
        ) {
            try await $0.ask(ListWorkouts(limit: $0.limit), by: .trainer)
        },
        CommonQuery("everybody's workouts", Workouts.self, uses: "personal_records_pkey", "sets_one_number", "workouts_newest_first") {
            try await $0.ask(ListWorkouts(limit: $0.limit), by: .owner)
        },
        CommonQuery("a workout", Workouts.self, uses: "personal_records_pkey", "sets_one_number", "workouts_pkey") {
            try await $0.ask(GetWorkout(workoutID: $0.place.workouts[0]))
        },
        CommonQuery(
            "a workout from start to end", Workouts.self, uses: "personal_records_best", "personal_records_pkey", "sets_one_number",
            "workouts_pkey"
        ) {
            let workout = try await $0.ask(StartWorkout(), .init())
            try await $0.ask(LogSet(workoutID: workout.id), .init(exerciseID: $0.place.exercise, reps: 8))
            try await $0.ask(CompleteWorkout(workoutID: workout.id))
        },
        CommonQuery("exercises", Workouts.self) { try await $0.ask(ListExercises(limit: $0.limit)) },
        CommonQuery("exercises by name", Workouts.self) {
            try await $0.ask(ListExercises(q: SearchText(rawValue: "benhc pres"), limit: $0.limit))
        },

        // billing
        CommonQuery("my invoices", Billing.self, uses: "invoice_lines_of_an_invoice", "invoice_taxes_pkey", "invoices_of_a_member") {
            try await $0.ask(ListInvoices(limit: $0.limit))
        },
        CommonQuery(
            "everybody's invoices", Billing.self, uses: "invoice_lines_of_an_invoice", "invoice_taxes_pkey", "invoices_newest_first"
        ) {
            try await $0.ask(ListInvoices(limit: $0.limit), by: .owner)
        },
        CommonQuery("sending an invoice", Billing.self, uses: "invoice_lines_of_an_invoice", "invoice_taxes_pkey", "invoices_pkey") {
            try await $0.ask(SendInvoice(invoiceID: $0.place.drafts[$0.attempt]), by: .owner)
        },
        CommonQuery(
            "a payment", Billing.self, uses: "invoice_lines_of_an_invoice", "invoice_taxes_pkey", "invoices_pkey", "payments_of_an_invoice"
        ) {
            let id = $0.place.drafts[$0.attempt + 20]
            let invoice = try await $0.ask(SendInvoice(invoiceID: id), by: .owner)
            try await $0.ask(RecordPayment(invoiceID: id), .init(amount: invoice.amountDue, method: .cash), by: .owner)
            try await $0.ask(ListPayments(invoiceID: id, limit: $0.limit), by: .owner)
        },

        // notifications
        CommonQuery("notifications", Notifications.self, uses: "notifications_newest_first") {
            try await $0.ask(ListNotifications(limit: $0.limit))
        },
        CommonQuery("unread notifications", Notifications.self, uses: "notifications_unread") {
            try await $0.ask(ListNotifications(unread: true, limit: $0.limit))
        },
        CommonQuery("reading a notification", Notifications.self, uses: "notifications_pkey") {
            try await $0.ask(ReadNotification(notificationID: Identifier(rawValue: $0.place.notifications[$0.attempt].rawValue)))
        },
    ]
}
