import AuthContract
import BillingContract
import ContractKit
import Foundation
import SchedulingContract
import ServiceKit
import TestSupport

@testable import BillingServer

/// An organization with taxes, in a billing service that runs for one test.
struct Books: Sendable {
    let service: ServiceUnderTest
    let stored: TestDatabase
    let id = OrganizationID()
    let owner = PersonID()

    init(_ service: ServiceUnderTest, _ stored: TestDatabase, taxes: [(String, String)] = [("gst", "0.05"), ("pst", "0.07")]) async throws {
        (self.service, self.stored) = (service, stored)
        let event = OrganizationCreated(
            organizationID: id, name: "Iron Temple", slug: .example, kind: .gym, timeZone: .example, currency: .example,
            taxRates: taxes.compactMap { code, rate in
                guard let code = TaxCode(rawValue: code), let rate = TaxRate(rawValue: rate) else { return nil }
                return .init(code: code, rate: rate)
            }, version: 1)
        try await service.hear(OnOrganizationCreated(), event)
    }

    var staff: String {
        get async throws { try await service.token(roles: [.owner], organization: id, person: owner) }
    }

    func token(of member: PersonID) async throws -> String {
        try await service.token(roles: [.member], organization: id, person: member)
    }

    func money(_ amount: Int64) -> Money { Money(amount: amount, currency: .example) }

    func completed(
        _ members: [PersonID], price: Int64 = 5000, at moment: String = "2026-03-10T15:00:00Z", session: SessionID = SessionID()
    ) throws -> SessionCompleted {
        let start = Moment.date(moment) ?? .now
        return SessionCompleted(
            organizationID: id, sessionID: session, trainerID: PersonID(), locationID: LocationID(), classTypeID: ClassTypeID(),
            className: "Spin", category: .group, startsAt: start, endsAt: start.addingTimeInterval(3600), timeZone: .example,
            attendees: members.map { .init(bookingID: BookingID(), memberID: $0, price: money(price)) }, version: 2)
    }

    /// Holds a session for `members`. - Returns: what was said of it.
    @discardableResult
    func hold(_ members: [PersonID], price: Int64 = 5000, at moment: String = "2026-03-10T15:00:00Z") async throws -> SessionCompleted {
        let event = try completed(members, price: price, at: moment)
        try await service.hear(OnSessionCompleted(), event)
        return event
    }

    func invoices(of member: PersonID) async throws -> [Invoice] {
        try await service.call(ListInvoices(memberID: member), token: staff).data
    }

    func send(_ invoice: Invoice) async throws -> Invoice {
        try await service.call(SendInvoice(invoiceID: invoice.id), token: staff)
    }

    @discardableResult
    func pay(_ invoice: Invoice, _ amount: Int64, key: String? = nil) async throws -> Payment {
        try await service.call(
            RecordPayment(invoiceID: invoice.id), body: .init(amount: money(amount), method: .cash), token: staff, idempotencyKey: key)
    }

    func read(_ invoice: Invoice) async throws -> Invoice {
        try await service.call(GetInvoice(invoiceID: invoice.id), token: staff)
    }
}

func withBooks(taxes: [(String, String)] = [("gst", "0.05"), ("pst", "0.07")], _ body: @Sendable (Books) async throws -> Void) async throws
{
    try await withDatabase(.billing) { stored in
        try await withService(Billing.self, database: stored.open()) { service in
            try await body(try await Books(service, stored, taxes: taxes))
        }
    }
}
