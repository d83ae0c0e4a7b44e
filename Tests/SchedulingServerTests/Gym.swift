import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres
import SchedulingContract
import ServiceKit
import TestSupport

@testable import SchedulingServer

/// An organization with a location, a trainer and a class type, in a service that runs for one test.
struct Gym: Sendable {
    let service: ServiceUnderTest
    let stored: TestDatabase
    let id = OrganizationID()
    let location = LocationID()
    let trainer = PersonID()
    let owner = PersonID()

    static let price = Money(amount: 5000, currency: .cad)

    init(_ service: ServiceUnderTest, _ stored: TestDatabase, kind: OrganizationKind = .gym) async throws {
        (self.service, self.stored) = (service, stored)
        try await hear(
            OnOrganizationCreated(),
            OrganizationCreated(
                organizationID: id, name: "Iron Temple", slug: .example, kind: kind, timeZone: .example, currency: .cad, taxRates: [],
                version: 1))
        try await save(location: location)
        try await save(trainer, [.trainer])
        try await save(owner, [.owner])
    }

    // What auth says

    func save(location: LocationID, isActive: Bool = true, version: Int64 = 1) async throws {
        try await hear(
            OnLocationSaved(),
            LocationSaved(
                organizationID: id, locationID: location, name: "Main", timeZone: .example, isActive: isActive, version: version))
    }

    func save(_ person: PersonID, _ roles: [Role], isActive: Bool = true, version: Int64 = 1) async throws {
        try await hear(
            OnPersonSaved(),
            PersonSaved(
                organizationID: id, personID: person, roles: roles, isActive: isActive, fullName: SealedText(Data()), version: version))
    }

    func member() async throws -> PersonID {
        let person = PersonID()
        try await save(person, [.member])
        return person
    }

    func hear<R: Reaction>(_ reaction: R, _ event: R.Heard) async throws { try await service.hear(reaction, event) }

    // Who calls

    func token(_ person: PersonID, _ roles: Set<Role>) async throws -> String {
        try await service.token(roles: roles, organization: id, person: person)
    }
    var staff: String {
        get async throws { try await token(owner, [.owner]) }
    }

    private func orStaff(_ token: String?) async throws -> String {
        if let token { return token }
        return try await staff
    }

    // What they do

    func classType(capacity: Capacity = 10, price: Money = price, category: ClassCategory = .group) async throws -> ClassType {
        try await service.call(
            CreateClassType(),
            body: .init(
                name: "Spin", category: category, durationMinutes: 45, capacity: capacity, price: price,
                color: HexColor(rawValue: "#12ab9f")),
            token: staff)
    }

    /// A session on some later day, at an hour of its own when `day` differs.
    func session(
        capacity: Capacity = 10, day: Int = 1, trainer: PersonID? = nil, category: ClassCategory = .group, location: LocationID? = nil
    ) async throws -> Session {
        let type = try await classType(capacity: capacity, category: category)
        return try await service.call(
            CreateSession(),
            body: .init(
                classTypeID: type.id, trainerID: trainer ?? self.trainer, locationID: location ?? self.location, startsAt: .inDays(day)),
            token: staff)
    }

    func book(_ session: Session, _ member: PersonID) async throws -> Booking {
        try await service.call(BookSession(sessionID: session.id), body: .init(memberID: member), token: staff)
    }

    func cancel(_ booking: Booking, token: String? = nil) async throws -> Booking {
        try await service.call(CancelBooking(bookingID: booking.id), token: orStaff(token))
    }

    func complete(_ session: Session, token: String? = nil) async throws -> Session {
        try await service.call(CompleteSession(sessionID: session.id), body: .init(), token: orStaff(token))
    }

    func callOff(_ session: Session, token: String? = nil) async throws -> Session {
        try await service.call(CancelSession(sessionID: session.id), body: .init(), token: orStaff(token))
    }

    func read(_ session: Session) async throws -> Session {
        try await service.call(GetSession(sessionID: session.id), token: staff)
    }

    func bookings(of session: Session) async throws -> [Booking] {
        try await service.call(ListSessionBookings(sessionID: session.id, limit: 100), token: staff).data
    }

    /// Moves a session so that it began a minute ago, as time does.
    func start(_ session: Session) async throws {
        try await stored.sql(
            """
            update scheduling.sessions set starts_at = now() - interval '1 minute', ends_at = now() + interval '1 hour'
            where id = '\(session.id)'
            """)
    }

    func said<E: Event>(_ type: E.Type) async throws -> [E] { try await stored.said(type, organization: id) }
}

/// Runs scheduling over a database of its own, with one organization in it.
func withGym<Result: Sendable>(kind: OrganizationKind = .gym, _ body: @Sendable (Gym) async throws -> Result) async throws -> Result {
    try await withDatabase(.scheduling) { stored in
        try await withService(Scheduling.self, database: stored.open()) { service in
            try await body(try await Gym(service, stored, kind: kind))
        }
    }
}

extension CurrencyCode {
    static var cad: CurrencyCode { example }
}

extension Date {
    /// Noon of a day from now on, so that it reads back exactly.
    static func inDays(_ days: Int, hours: Double = 12) -> Date {
        let today = (Date().timeIntervalSince1970 / 86400).rounded(.down) * 86400
        return Date(timeIntervalSince1970: today + Double(days) * 86400 + hours * 3600)
    }
}
