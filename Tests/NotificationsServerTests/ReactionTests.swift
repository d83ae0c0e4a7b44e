import AuthContract
import BillingContract
import ContractKit
import Foundation
import Messaging
import NotificationsContract
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import NotificationsServer

@Suite struct ReactionTests {
    /// Hears `event` three times in a row and eight times at once; then `told` have one message of `kind` each, and one mail.
    private func expectTold<R: Reaction>(
        _ told: [PersonID], _ kind: NotificationKind, by reaction: R, of event: R.Heard, at desk: Desk
    ) async throws {
        let id = UUID.v7()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await desk.service.hear(reaction, event, id: id) } }
            try await group.waitForAll()
        }
        for _ in 0..<2 { try await desk.service.hear(reaction, event, id: id) }
        for person in told { #expect(try await desk.inbox(of: person).map(\.kind) == [kind]) }
        let rows = try await desk.stored.sql("select count(*), count(distinct person_id) from notifications.notifications")
        #expect(rows == "\(told.count)|\(told.count)")
        let mails = try await desk.stored.sql(
            """
            select count(*), count(distinct person_id), count(q.mail_id)
            from notifications.mails left join notifications.mail_queue q using (mail_id)
            """)
        #expect(mails == "\(told.count)|\(told.count)|\(told.count)")
    }

    @Test func bookingCreated() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            try await expectTold([ada], .bookingConfirmed, by: OnBookingCreated(teller: desk.teller), of: desk.booked(ada), at: desk)
        }
    }

    @Test func bookingWaitlisted() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            let event = desk.booked(ada, status: .waitlisted)
            try await expectTold([ada], .bookingWaitlisted, by: OnBookingCreated(teller: desk.teller), of: event, at: desk)
        }
    }

    @Test("S2-19: trainers are told of documents that run out, and those who run the place as well")
    func trainerDocumentExpiring() async throws {
        try await withDesk { desk in
            let (tina, olive, andy) = (PersonID(), PersonID(), PersonID())
            var event = TrainerDocumentExpiring(
                organizationID: desk.id, documentID: TrainerDocumentID(), trainerID: tina, kind: .insurance,
                expiresOn: LocalDay(rawValue: "2026-03-01")!, hasExpired: false, staffIDs: [olive, andy], version: 1)
            let reaction = OnTrainerDocumentExpiring(teller: desk.teller)
            try await expectTold([tina, olive, andy], .trainerDocumentExpiring, by: reaction, of: event, at: desk)
            let told = try await desk.inbox(of: tina).first
            #expect(told?.title == "Running out: proof of insurance")
            #expect(told?.body == "Your proof of insurance runs out: its last day is 2026-03-01. Please upload its successor.")
            #expect(
                try await desk.inbox(of: olive).first?.body == "A trainer's proof of insurance runs out: its last day is 2026-03-01.")
            (event.hasExpired, event.version) = (true, 2)
            try await desk.service.hear(reaction, event)
            #expect(try await desk.inbox(of: tina).map(\.title).contains("Run out: proof of insurance"))
        }
    }

    @Test func bookingPromoted() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            let event = BookingPromoted(
                organizationID: desk.id, bookingID: BookingID(), sessionID: SessionID(), memberID: ada, className: "Spin",
                startsAt: Desk.noon, timeZone: .example, version: 2)
            try await expectTold([ada], .bookingPromoted, by: OnBookingPromoted(teller: desk.teller), of: event, at: desk)
        }
    }

    @Test func bookingCancelled() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            let event = BookingCancelled(
                organizationID: desk.id, bookingID: BookingID(), sessionID: SessionID(), memberID: ada, className: "Spin",
                startsAt: Desk.noon, timeZone: .example, version: 2)
            try await expectTold([ada], .bookingCancelled, by: OnBookingCancelled(teller: desk.teller), of: event, at: desk)
        }
    }

    @Test func sessionCancelled() async throws {
        try await withDesk { desk in
            let members = (0..<20).map { _ in PersonID() }
            let event = SessionCancelled(
                organizationID: desk.id, sessionID: SessionID(), className: "Spin", startsAt: Desk.noon, timeZone: .example,
                memberIDs: members, version: 2)
            try await expectTold(members, .sessionCancelled, by: OnSessionCancelled(teller: desk.teller), of: event, at: desk)
        }
    }

    @Test func sessionCompleted() async throws {
        try await withDesk { desk in
            let members = (0..<3).map { _ in PersonID() }
            let trainer = PersonID()
            let event = SessionCompleted(
                organizationID: desk.id, sessionID: SessionID(), trainerID: trainer, locationID: LocationID(), classTypeID: ClassTypeID(),
                className: "Spin", category: .group, startsAt: Desk.noon, endsAt: Desk.noon, timeZone: .example,
                attendees: members.map { .init(bookingID: BookingID(), memberID: $0, price: Money(amount: 1, currency: .example)) },
                version: 2)
            try await expectTold(members, .sessionCompleted, by: OnSessionCompleted(teller: desk.teller), of: event, at: desk)
            #expect(try await desk.inbox(of: trainer).isEmpty)
        }
    }

    @Test func invoices() async throws {
        try await withDesk { desk in
            let (ada, invoice, total) = (PersonID(), InvoiceID(), Money(amount: 5250, currency: .example))
            let issued = InvoiceIssued(
                organizationID: desk.id, invoiceID: invoice, memberID: ada, number: "2026-00001", total: total, dueOn: .example, version: 2)
            try await expectTold([ada], .invoiceIssued, by: OnInvoiceIssued(teller: desk.teller), of: issued, at: desk)
            let paid = InvoicePaid(
                organizationID: desk.id, invoiceID: invoice, memberID: ada, number: "2026-00001", total: total, bookingIDs: [], version: 3)
            try await desk.service.hear(OnInvoicePaid(teller: desk.teller), paid)
            #expect(try await desk.inbox(of: ada).map(\.kind) == [.invoicePaid, .invoiceIssued])
        }
    }

    @Test func workoutCompleted() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            let event = WorkoutCompleted(
                organizationID: desk.id, workoutID: WorkoutID(), memberID: ada, setCount: 3, records: [], version: 2)
            try await expectTold([ada], .workoutCompleted, by: OnWorkoutCompleted(teller: desk.teller), of: event, at: desk)
        }
    }

    /// An invited person has no inbox yet: one mail, and nothing to read.
    @Test func invitationCreated() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            let reaction = OnInvitationCreated(teller: desk.teller, publicURL: "https://gym.example")
            let event = try desk.invitation(ada, email: "ada@example.com", token: "secret")
            let id = UUID.v7()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await desk.service.hear(reaction, event, id: id) } }
                try await group.waitForAll()
            }
            #expect(try await desk.inbox(of: ada).isEmpty)
            #expect(try await desk.mails() == ["pending|t|t"])
            // Invited again, with another link.
            try await desk.service.hear(reaction, try desk.invitation(ada, email: "ada@example.com", token: "another"))
            #expect(try await desk.mails().count == 2)
        }
    }

    /// Whoever is signed in is not who is asked: a mail, and nothing to read.
    @Test(arguments: AccountLinkCreated.Purpose.allCases) func accountLinkCreated(purpose: AccountLinkCreated.Purpose) async throws {
        try await withDesk { desk in
            let ada = PersonID()
            let reaction = OnAccountLinkCreated(teller: desk.teller, publicURL: "https://gym.example")
            let event = try desk.accountLink(ada, purpose, email: "ada@example.com", token: "secret")
            let id = UUID.v7()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await desk.service.hear(reaction, event, id: id) } }
                try await group.waitForAll()
            }
            #expect(try await desk.inbox(of: ada).isEmpty)
            #expect(try await desk.mails() == ["pending|t|t"])
            try await desk.service.hear(reaction, event)
            #expect(try await desk.mails().count == 2)
        }
    }

    @Test func olderNewsOfAPersonChangesNothing() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            func stored() async throws -> String {
                try await desk.stored.sql("select version, is_active, email is not null, full_name <> '' from notifications.people")
            }
            try await desk.save(ada, email: "new@example.com", version: 2)
            try await desk.save(ada, email: nil, isActive: false, version: 1)
            #expect(try await stored() == "2|t|t|t")
            // Of a removed person neither name nor address is kept.
            try await desk.save(ada, email: "new@example.com", isActive: false, version: 3)
            try await desk.save(ada, email: "new@example.com", version: 2)
            #expect(try await stored() == "3|f|f|f")
        }
    }
}
