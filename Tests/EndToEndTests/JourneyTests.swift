import AuthContract
import BillingContract
import Client
import ContractKit
import Foundation
import NotificationsContract
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import SystemSupport

/// A gym signs up, a member joins, books, attends, is billed, pays, logs the workout and is told about it; as apps do it, by the SDK.
@Suite struct JourneyTests {
    @Test("S4-80: a member attends, is billed, pays and trains") func aMemberAttendsIsBilledPaysAndTrains() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (trainer, member) = (try await gym.trainer(), try await gym.member())
            let session = try await gym.session(try await gym.classType(), trainer: trainer)
            let booking = try await member.client.call(BookSession(sessionID: session.id), body: .init())
            #expect(booking.status == .confirmed && booking.memberID == member.id && booking.paymentStatus == .pending)
            let completed = try await gym.owner.call(CompleteSession(sessionID: session.id), body: .init())
            #expect(completed.status == .completed)

            let invoice = try await pays(gym, member)
            #expect(invoice.lines.map(\.sessionID) == [session.id])
            try await eventually("the booking is paid") {
                try await member.client.call(ListBookings()).data.map(\.paymentStatus) == [.paid]
            }
            try await trains(gym, member, session.id)
            try await isTold(system, member)
        }
    }

    private func pays(_ gym: Gym, _ member: Member) async throws -> Invoice {
        let draft = try await arrival(of: "the invoice") {
            try await gym.owner.call(ListInvoices(memberID: member.id)).data.first { $0.lines.count == 1 }
        }
        #expect(draft.status == .draft && draft.number == nil)
        #expect(draft.subtotal == .cad(5000) && draft.taxes.map(\.amount) == [.cad(250), .cad(350)] && draft.total == .cad(5600))
        let sent = try await gym.owner.call(SendInvoice(invoiceID: draft.id))
        #expect(sent.status == .sent && sent.number != nil)
        try await gym.owner.call(RecordPayment(invoiceID: draft.id), body: .init(amount: .cad(600), method: .cash))
        let tooMuch = try await refusal {
            try await gym.owner.call(RecordPayment(invoiceID: draft.id), body: .init(amount: .cad(5001), method: .cash))
        }
        #expect(tooMuch?.isA(.overpayment) == true)
        try await gym.owner.call(RecordPayment(invoiceID: draft.id), body: .init(amount: .cad(5000), method: .eTransfer))
        let paid = try await member.client.call(GetInvoice(invoiceID: draft.id))
        #expect(paid.status == .paid && paid.amountDue == .cad(0))
        return paid
    }

    private func trains(_ gym: Gym, _ member: Member, _ session: SessionID) async throws {
        let workout = try await arrival(of: "the workout") { try await member.client.call(ListWorkouts()).data.first }
        #expect(workout.sessionID == session && workout.status == .open)
        let exercise = try await gym.owner.call(
            CreateExercise(),
            body: .init(name: "Bench Press", level: .beginner, type: .strength, primaryMuscles: ["chest"], instructions: ["Press."]))
        let set = try await member.client.call(
            LogSet(workoutID: workout.id), body: .init(exerciseID: exercise.id, reps: 5, weightKg: Kilograms(rawValue: 62.5), rpe: 8))
        #expect(set.setNumber == 1 && set.weightKg?.grams == 62_500)
        let done = try await member.client.call(CompleteWorkout(workoutID: workout.id))
        #expect(done.status == .completed && done.records.contains { $0.kind == .heaviestWeight && $0.value == 62.5 })
        let again = try await refusal { try await member.client.call(CompleteWorkout(workoutID: workout.id)) }
        #expect(again?.isA(.workoutCompleted) == true)
    }

    private func isTold(_ system: PalestraSystem, _ member: Member) async throws {
        let expected: Set<NotificationKind> = [.bookingConfirmed, .sessionCompleted, .invoiceIssued, .invoicePaid, .workoutCompleted]
        let told = try await arrival(of: "every notification") {
            let all = try await member.client.call(ListNotifications(unread: true)).data
            return Set(all.map(\.kind)) == expected ? all : nil
        }
        #expect(told.count == expected.count)
        let read = try await member.client.call(ReadNotification(notificationID: told[0].id))
        #expect(read.readAt != nil)
        let left = try await member.client.call(ListNotifications(unread: true)).data.map(\.id)
        #expect(left == told.dropFirst().map(\.id))
        #expect(try await member.client.call(ListNotifications()).data.count == expected.count)
        try await eventually("a mail for each") { try system.mail.messages(to: member.email).count == expected.count }
    }

    /// How soon, the bench measures: beside other suites no time means much.
    @Test func theInvoiceLineIsThereSoon() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let (trainer, member, classType) = (try await gym.trainer(), try await gym.member(), try await gym.classType())
            var times: [Duration] = []
            for hours in [24.0, 26, 28] {
                let session = try await gym.session(classType, trainer: trainer, in: hours)
                _ = try await gym.book(session.id, member.id)
                try await gym.owner.call(CompleteSession(sessionID: session.id), body: .init())
                times.append(
                    try await eventually("the invoice line") {
                        try await gym.owner.call(ListInvoices(memberID: member.id)).data
                            .contains { $0.lines.contains { $0.sessionID == session.id } }
                    })
            }
            print("from the answer to `complete` to the invoice line: \(times.map { "\($0)" }.joined(separator: ", "))")
        }
    }

    @Test func aTrainerAcceptsTheInvitationAndHoldsTheSession() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let email = "tina@\(gym.slug).example"
            let trainer = try await gym.owner.call(
                CreateTrainer(), body: .init(fullName: "Tina Trainer", email: EmailAddress(rawValue: email)!))
            let mail = try await arrival(of: "the invitation") { try system.mail.messages(to: email).first }
            let token = try #require(mail.body.firstMatch(of: /invitations#(\S+)/)?.1)
            let answer = try await PalestraClient(baseURL: system.url).call(
                AcceptInvitation(), body: .init(token: SecretText(rawValue: String(token))!, password: Password(rawValue: Gym.password)!))
            let tina = system.client(try #require(answer.tokens))
            #expect(try await tina.call(GetMe()).person.id == trainer.id)

            let (member, classType) = (try await gym.member(), try await gym.classType())
            let own = try await gym.session(classType, trainer: trainer.id)
            let other = try await gym.session(classType, trainer: try await gym.trainer())
            _ = try await gym.book(own.id, member.id)
            #expect(try await tina.call(ListSessionBookings(sessionID: own.id)).data.map(\.memberID) == [member.id])
            let foreign = try await refusal { try await tina.call(CompleteSession(sessionID: other.id), body: .init()) }
            #expect([403, 404].contains(foreign?.status))
            #expect(try await tina.call(CompleteSession(sessionID: own.id), body: .init()).status == .completed)
            try await eventually("the trainer sees the workout") {
                try await tina.call(ListWorkouts()).data.map(\.memberID) == [member.id]
            }
        }
    }
}

extension Money {
    static func cad(_ amount: Int64) -> Money { Money(amount: amount, currency: .cad) }
}
