import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Logging
import Messaging
import ServiceKit
import TestSupport
import Testing
import WorkoutsContract

@testable import AuthServer
@testable import BillingServer
@testable import NotificationsServer
@testable import SchedulingServer
@testable import WorkoutsServer

/// What is generated is what the services would have written.
@Suite struct GenerateTests {
    @Test func `S3-78, S3-79: what a member's year takes is reported beside what was expected`() async throws {
        let report = try await GeneratedYears.shared().report
        #expect(
            report.contains(/workouts\.workouts +[\d,]+ +[\d.]+ [KM]B +\d+/) && report.contains(/workouts: [\d.]+ KB, [\d.]+ KB; 156 KB/),
            "\(report)")
        #expect(report.contains(/workouts\.sets +\d{3},\d{3} +[\d.]+ MB +\d+ +[\d.]+ MB +\d+/), "\(report)")
        #expect(report.contains(/sets: [\d.]+ KB, [\d.]+ KB; 1000 KB/), "\(report)")
        #expect(report.contains("meals (1095 KB), health metrics (25 KB), photos (12 KB)"))
        #expect(report.contains("owner@generated-1-001.example"))
    }

    @Test func `everybody can sign in, and an owner finds people by name`() async throws {
        let years = try await GeneratedYears.shared()
        try await withService(AuthService.self, database: years.database.open(.auth), settings: years.settings) { auth in
            func signIn(_ mailbox: String) async throws -> Tokens {
                let email = try #require(EmailAddress(rawValue: "\(mailbox)@generated-1-002.example"))
                let password = try #require(EnteredPassword(rawValue: GeneratedYears.password))
                return try #require(try await auth.call(Login(), body: .init(email: email, password: password)).tokens)
            }
            // The token is signed with another key than the one this service checks with: only its claims count here.
            _ = try await signIn("trainer1")
            _ = try await signIn("member7")
            let owner = try await auth.token(organization: try await years.organization(2))
            let page = try await auth.call(ListMembers(limit: 100), token: owner)
            #expect(page.data.count == 100 && page.nextCursor != nil)
            let somebody = try #require(page.data.last)
            let found = try await auth.call(ListMembers(query: SearchText(rawValue: somebody.fullName.rawValue)), token: owner)
            #expect(found.data.contains { $0.id == somebody.id })
            let byEmail = try await auth.call(ListMembers(query: SearchText(rawValue: somebody.email?.rawValue ?? "")), token: owner)
            #expect(byEmail.data.map(\.id) == [somebody.id])
        }
    }

    @Test func `a second run with the same seed is refused before it writes anything`() async throws {
        let years = try await GeneratedYears.shared()
        let again = try await GeneratedYears.generate(into: years.database, years.settings, "--people", "10")
        #expect(again.status != 0 && again.standardError.contains("choose another with --seed"), "\(again.standardError)")
    }

    @Test func `inboxes hold the names that reactions have`() async throws {
        let years = try await GeneratedYears.shared()
        let services: [(ServiceName, any PalestraService.Type)] = [
            (.scheduling, Scheduling.self), (.workouts, Workouts.self), (.billing, Billing.self), (.notifications, Notifications.self),
        ]
        for (name, service) in services {
            let rows = try await years.database.sql("select distinct reaction from \(name).inbox")
            let context = ServiceContext(
                settings: Settings(years.settings), database: years.database.open(name),
                keys: try KeyRing(file: years.settings["MASTER_KEYS_FILE"]!), logger: Logger(label: "\(name)"))
            let known = try service.build(context).reactions.map { type(of: $0).name }
            for reaction in rows.split(separator: "\n") { #expect(known.contains(String(reaction)), "\(reaction)") }
        }
    }
}
