import AuthContract
import ContractKit
import Foundation
import NotificationsContract
import TestSupport
import Testing

@testable import NotificationsServer

/// Two people who are one: one inbox, and mail that arrives.
@Suite struct MergeTests {
    @discardableResult
    private func merge(_ duplicate: PersonID, into kept: PersonID, _ desk: Desk) async throws -> PersonMergeDone<NotificationsContract> {
        let event = PersonMerged(organizationID: desk.id, mergeID: PersonMergeID(), keptID: kept, duplicateID: duplicate)
        try await desk.service.hear(OnPersonMerged(), event)
        let said: [PersonMergeDone<NotificationsContract>] = try await desk.stored.said(
            PersonMergeDone<NotificationsContract>.self, organization: desk.id)
        return try #require(said.first { $0.mergeID == event.mergeID })
    }

    @Test func whatEitherWasToldIsInOneInboxOnce() async throws {
        try await withDesk { desk in
            let (kept, duplicate) = (PersonID(), PersonID())
            try await desk.save(kept, email: "kept@example.com")
            try await desk.save(duplicate, email: "other@example.com")
            try await desk.tell(kept, "Spin")
            try await desk.tell(duplicate, "Yoga")
            let both = UUID.v7()
            for person in [kept, duplicate] {
                try await desk.service.hear(OnBookingCreated(teller: desk.teller), desk.booked(person, "Boxing"), id: both)
            }
            let done = try await merge(duplicate, into: kept, desk)
            #expect(done.deeds.contains(MergeDeed(table: "notifications", outcome: .moved, rows: 1)))
            #expect(done.deeds.contains(MergeDeed(table: "notifications", outcome: .dropped, rows: 1)))
            #expect(Set(try await desk.inbox(of: kept).map(\.title)) == ["Booked: Spin", "Booked: Yoga", "Booked: Boxing"])
            #expect(try await desk.inbox(of: kept).count == 3)
            #expect(try await desk.inbox(of: duplicate).isEmpty)
            // What is told late, or to both once more.
            try await desk.tell(duplicate, "Rowing")
            for person in [kept, duplicate] {
                try await desk.service.hear(OnBookingCreated(teller: desk.teller), desk.booked(person, "Boxing"), id: both)
            }
            try await desk.save(duplicate, email: "other@example.com", version: 9)
            #expect(try await desk.inbox(of: kept).count == 4)
            #expect(try await desk.inbox(of: duplicate).isEmpty)
            #expect(try await !desk.dump().contains("other@example.com"))
            #expect(try await desk.stored.sql("select count(*) from notifications.people where person_id = '\(duplicate)'") == "0")
            try await MailCatcher.run { catcher in
                await (try desk.job(to: catcher.url)).drain()
                let mails = try await catcher.mails()
                #expect(mails.count == 4 && mails.allSatisfy { $0.recipient == "kept@example.com" })
                #expect(try await desk.queue() == [])
            }
        }
    }

    /// Its address came with the event and is sealed for the duplicate.
    @Test(arguments: [true, false]) func aMailWithAnAddressOfItsOwnArrives(isLate: Bool) async throws {
        try await withDesk { desk in
            let (kept, duplicate) = (PersonID(), PersonID())
            try await desk.save(kept, email: "kept@example.com")
            if isLate { try await merge(duplicate, into: kept, desk) }
            try await desk.service.hear(
                OnAccountLinkCreated(teller: desk.teller, publicURL: "https://example.com"),
                try desk.accountLink(duplicate, .verifyEmail, email: "other@example.com", token: "secret"))
            if !isLate { try await merge(duplicate, into: kept, desk) }
            try await MailCatcher.run { catcher in
                await (try desk.job(to: catcher.url)).drain()
                #expect(try await catcher.mails().map(\.recipient) == ["other@example.com"])
            }
        }
    }
}
