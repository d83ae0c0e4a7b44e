import ContractKit
import Foundation
import NotificationsContract
import TestSupport
import Testing

@testable import NotificationsServer

@Suite struct InboxTests {
    @Test func peopleReadWhatTheyWereTold() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            try await desk.tell(ada, at: Desk.noon)
            let told = try #require(try await desk.inbox(of: ada).first)
            #expect(told.kind == .bookingConfirmed && told.title == "Booked: Spin" && told.readAt == nil)
            #expect(told.body == "Your place in Spin on 1 March 2026, 13:00 is confirmed.")
            #expect(told.createdAt == Desk.noon)

            let token = try await desk.token(of: ada)
            let read = try await desk.service.call(ReadNotification(notificationID: told.id), token: token)
            let readAt = try #require(read.readAt)
            #expect(abs(readAt.timeIntervalSinceNow) < 60)
            // The first reading's moment stays.
            #expect(try await desk.service.call(ReadNotification(notificationID: told.id), token: token).readAt == readAt)
            #expect(try await desk.inbox(of: ada).first?.readAt == readAt)
        }
    }

    @Test func readAndUnreadAreToldApart() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            for number in 0..<4 { try await desk.tell(ada, at: Desk.noon.addingTimeInterval(Double(number))) }
            let all = try await desk.inbox(of: ada).map(\.id)
            for id in [all[0], all[2]] {
                try await desk.service.call(ReadNotification(notificationID: id), token: desk.token(of: ada))
            }
            #expect(try await desk.inbox(of: ada, unread: true).map(\.id) == [all[1], all[3]])
            #expect(try await desk.inbox(of: ada, unread: false).map(\.id) == [all[0], all[2]])
            #expect(try await desk.inbox(of: ada).map(\.id) == all)
        }
    }

    /// Also over many of the very same moment, and while new ones arrive.
    @Test func pagesHoldEachOnceNewestFirst() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            for number in 0..<23 { try await desk.tell(ada, at: Desk.noon.addingTimeInterval(Double(number / 10))) }
            let token = try await desk.token(of: ada)
            let expected = try await desk.inbox(of: ada)
            #expect(expected.count == 23 && expected.map(\.createdAt) == expected.map(\.createdAt).sorted(by: >))
            var seen: [NotificationID] = []
            var cursor: Cursor?
            repeat {
                let page = try await desk.service.call(ListNotifications(limit: 5, cursor: cursor), token: token)
                #expect(page.data.count == 5 || page.nextCursor == nil)
                seen += page.data.map(\.id)
                cursor = try page.nextCursor.map { try #require(Cursor(rawValue: $0)) }
                try await desk.tell(ada, "Later")
            } while cursor != nil
            #expect(seen == expected.map(\.id))
        }
    }

    @Test func aBadCursorIsRefused() async throws {
        try await withDesk { desk in
            let token = try await desk.token(of: PersonID())
            for query in ["cursor=nonsense", "limit=0", "limit=100000", "unread=perhaps", "cursor="] {
                let answer = try await desk.service.request("GET", "/v1/notifications?\(query)", token: token)
                #expect(answer.status == 422, "\(query): \(answer.text)")
            }
        }
    }

    @Test func whatIsNotYoursIsNotThere() async throws {
        try await withDesk { desk in
            let (ada, ben) = (PersonID(), PersonID())
            try await desk.tell(ada)
            let id = try #require(try await desk.inbox(of: ada).first?.id)
            #expect(try await desk.inbox(of: ben).isEmpty)
            // Not even for staff, and not for the same person elsewhere.
            let others = [
                try await desk.token(of: ben), try await desk.service.token(roles: [.owner], organization: desk.id),
                try await desk.service.token(roles: [.owner, .member], organization: OrganizationID(), person: ada),
            ]
            for token in others {
                #expect(try await desk.service.call(ListNotifications(), token: token).data.isEmpty)
                let problem = try await refusal { try await desk.service.call(ReadNotification(notificationID: id), token: token) }
                #expect(problem?.status == 404)
            }
            let unknown = try await refusal {
                try await desk.service.call(ReadNotification(notificationID: NotificationID()), token: desk.token(of: ada))
            }
            #expect(unknown?.status == 404)
            #expect(try await desk.inbox(of: ada).map(\.readAt) == [nil])
            #expect(try await desk.service.request("GET", "/v1/notifications").status == 401)
        }
    }
}
