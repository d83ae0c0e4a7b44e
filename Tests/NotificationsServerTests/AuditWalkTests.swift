import ContractKit
import NotificationsContract
import TestSupport
import Testing

@testable import NotificationsServer

@Suite struct AuditWalkTests {
    @Test("S1-03: every write route leaves a row in the audit log with the actor's id") func everyWriteRouteLeavesARow() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            try await desk.tell(ada)
            let told = try #require(try await desk.inbox(of: ada).first)
            try await desk.service.call(ReadNotification(notificationID: told.id), token: desk.token(of: ada))
            #expect(try await desk.stored.unlogged(NotificationsContract.self, by: [ada]) == [])
            // Its words would outlive it.
            #expect(try await desk.stored.sql("select count(*) from notifications.audit_log where old_values ?| '{title,body}'") == "0")
        }
    }
}
