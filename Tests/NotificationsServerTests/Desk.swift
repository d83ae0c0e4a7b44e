import AuthContract
import BillingContract
import ContractKit
import FieldEncryption
import Foundation
import Logging
import Messaging
import NotificationsContract
import Postgres
import SchedulingContract
import ServiceKit
import TestSupport
import Testing
import WorkoutsContract

@testable import NotificationsServer

/// An organization whose people are told things, in a notifications service that runs for one test.
struct Desk: Sendable {
    let service: ServiceUnderTest
    let stored: TestDatabase
    let keys: KeyRing
    let id: OrganizationID
    var teller: Teller { Teller(keys: keys) }

    static let noon = Date(timeIntervalSince1970: 1_772_388_000)  // 2026-03-01 18:00 UTC, 13:00 in Toronto

    func inbox(of person: PersonID, unread: Bool? = nil) async throws -> [InboxNotification] {
        try await service.call(ListNotifications(unread: unread, limit: 100), token: token(of: person)).data
    }

    func token(of person: PersonID) async throws -> String {
        try await service.token(roles: [.member], organization: id, person: person)
    }

    /// What auth says of a person, sealed as it does.
    func save(_ person: PersonID, email: String?, name: String = "Ada", isActive: Bool = true, version: Int64 = 1) async throws {
        try await service.hear(
            OnPersonSaved(),
            PersonSaved(
                organizationID: id, personID: person, roles: [.member], isActive: isActive,
                fullName: try keys.seal(name, context: PersonSaved.context("full_name", person)),
                email: try email.map { try keys.seal($0, context: PersonSaved.context("email", person)) }, version: version))
    }

    func booked(_ member: PersonID, _ className: Line = "Spin", status: BookingStatus = .confirmed) -> BookingCreated {
        BookingCreated(
            organizationID: id, bookingID: BookingID(), sessionID: SessionID(), memberID: member, status: status, className: className,
            startsAt: Self.noon, timeZone: .example, version: 1)
    }

    /// Tells a person of a booking, which also queues a mail.
    func tell(_ member: PersonID, _ className: Line = "Spin", at time: Date = Date()) async throws {
        try await service.hear(OnBookingCreated(teller: teller), booked(member, className), at: time)
    }

    func invitation(_ person: PersonID, email: String, token: String) throws -> InvitationCreated {
        InvitationCreated(
            organizationID: id, personID: person, email: try keys.seal(email, context: PersonSaved.context("email", person)),
            token: try keys.seal(token, context: PersonSaved.context("invitation", person)), expiresAt: Self.noon, version: 1)
    }

    func accountLink(
        _ person: PersonID, _ purpose: AccountLinkCreated.Purpose, email: String, token: String?
    ) throws -> AccountLinkCreated {
        AccountLinkCreated(
            organizationID: id, personID: person, purpose: purpose,
            email: try keys.seal(email, context: PersonSaved.context("email", person)),
            token: try token.map { try keys.seal($0, context: PersonSaved.context("account_link", person)) },
            expiresAt: token.map { _ in Self.noon }, version: 1)
    }

    func job(to url: String) throws -> MailJob {
        MailJob(
            database: service.database, keys: keys,
            mailer: Mailer(url: url, from: try #require(MailSender("Iron Temple <gym@example.com>"))),
            logger: Logger(label: "mail") { _ in SwiftLogNoOpLogHandler() })
    }

    /// `status|has a body|has a recipient` of each mail.
    func mails() async throws -> [String] {
        try await stored.sql("select status, body <> '', recipient is not null from notifications.mails order by created_at, mail_id")
            .split(separator: "\n").map(String.init)
    }

    /// `attempts|is due|is taken` of each mail that waits.
    func queue() async throws -> [String] {
        try await stored.sql("select attempts, due_at <= now(), leased_until is not null from notifications.mail_queue order by due_at")
            .split(separator: "\n").map(String.init)
    }

    /// Lets the time pass until what was postponed is due.
    func passTime() async throws { try await stored.sql("update notifications.mail_queue set due_at = now(), leased_until = null") }

    /// Every row of every table of the service, as text.
    func dump() async throws -> String {
        let tables = try await stored.sql(
            "select relname from pg_class where relnamespace = 'notifications'::regnamespace and relkind = 'r' order by 1")
        var dump = ""
        for table in tables.split(separator: "\n") { dump += try await stored.sql("select t::text from notifications.\(table) t") + "\n" }
        return dump
    }
}

func withDesk(_ body: @escaping @Sendable (Desk) async throws -> Void) async throws {
    try await withDatabase(.notifications) { stored in
        try await withService(Notifications.self, database: stored.open()) { service in
            let keys = try service.keys.ring()
            try await body(Desk(service: service, stored: stored, keys: keys, id: OrganizationID()))
        }
    }
}
