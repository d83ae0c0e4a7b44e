import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import Testing

@testable import SchedulingServer

@Suite struct SessionRulesTests {
    let now = Date(timeIntervalSince1970: 1_772_359_200)
    let type = ClassType(
        id: ClassTypeID(), name: "Spin", category: .group, durationMinutes: 45, capacity: 12, price: Money(amount: 2500, currency: .cad),
        color: nil, createdAt: Date(timeIntervalSince1970: 0), version: 1)
    let organization = OrganizationCopy(kind: .gym, currency: .cad)
    let location = LocationCopy(timeZone: .example, isActive: true)
    let trainer = PersonCopy(roles: [.trainer], isActive: true)

    func body(minutes: Minutes? = nil, capacity: Capacity? = nil, price: Money? = nil) -> CreateSession.Body {
        .init(
            classTypeID: type.id, trainerID: PersonID(), locationID: LocationID(), startsAt: now, durationMinutes: minutes,
            capacity: capacity, price: price)
    }

    func session(trainer: PersonID = PersonID(), status: SessionStatus = .scheduled) throws -> Session {
        var session = try SessionRules.plan(
            body(), id: SessionID(), classType: type, trainer: self.trainer, location: location, organization: organization, now: now)
        session.trainerID = trainer
        session.status = status
        return session
    }

    @Test func takesWhatIsNotSaidFromTheClassType() throws {
        let session = try session()
        #expect(session.endsAt == now.addingTimeInterval(45 * 60))
        #expect(session.capacity == 12)
        #expect(session.price == type.price)
        #expect(session.timeZone == location.timeZone)
    }

    @Test func keepsWhatIsSaid() throws {
        let free = Money(amount: 0, currency: .cad)
        let session = try SessionRules.plan(
            body(minutes: 60, capacity: 3, price: free), id: SessionID(), classType: type, trainer: trainer, location: location,
            organization: organization, now: now)
        #expect(session.endsAt == now.addingTimeInterval(3600))
        #expect(session.capacity == 3)
        #expect(session.price == free)
    }

    @Test func namesEveryFieldAtFault() throws {
        let euros = try #require(CurrencyCode(rawValue: "EUR"))
        let problem = #expect(throws: Problem.self) {
            try SessionRules.plan(
                body(price: Money(amount: 1, currency: euros)), id: SessionID(), classType: nil, trainer: nil,
                location: LocationCopy(timeZone: .example, isActive: false), organization: organization, now: now)
        }
        #expect(problem?.errors?.map(\.pointer) == ["#/class_type_id", "#/trainer_id", "#/location_id", "#/price/currency"])
    }

    @Test func refusesANegativePrice() {
        #expect(PriceRules.fault(Money(amount: -1, currency: .cad), in: .cad, at: "#/price")?.pointer == "#/price/amount")
        #expect(PriceRules.fault(Money(amount: 0, currency: .cad), in: .cad, at: "#/price") == nil)
    }

    @Test(arguments: [
        (PersonCopy(roles: [.trainer], isActive: true), OrganizationKind.gym, true),
        (PersonCopy(roles: [.trainer], isActive: false), .gym, false),
        (PersonCopy(roles: [.owner], isActive: true), .gym, false),
        (PersonCopy(roles: [.owner], isActive: true), .solo, true),
        (PersonCopy(roles: [.admin, .member], isActive: true), .solo, false),
    ])
    func knowsWhoTeaches(_ person: PersonCopy, _ kind: OrganizationKind, _ teaches: Bool) {
        #expect(person.canTrain(in: kind) == teaches)
    }

    @Test func letsATrainerRunTheirOwnSessionsOnly() throws {
        let trainer = PersonID()
        try SessionRules.requireMayRun(try session(trainer: trainer), trainer, .own([.trainer]))
        let colleagues = try session()
        try SessionRules.requireMayRun(colleagues, trainer, .organization)
        #expect(throws: Problem(.forbidden)) { try SessionRules.requireMayRun(colleagues, trainer, .own([.trainer])) }
    }

    @Test func endsASessionOnceAndAsItWasSeen() throws {
        let open = try session()
        try SessionRules.requireScheduled(open, version: nil)
        try SessionRules.requireScheduled(open, version: 1)
        #expect(throws: Problem(.preconditionFailed)) { try SessionRules.requireScheduled(open, version: 2) }
        for status in [SessionStatus.completed, .cancelled] {
            let over = try session(status: status)
            #expect(throws: Problem(.sessionNotScheduled)) { try SessionRules.requireScheduled(over, version: nil) }
        }
    }
}

@Suite struct RollTests {
    let entries = (0..<3).map { _ in Roll.Entry(id: BookingID(), memberID: PersonID()) }

    @Test func everyoneAttendedUnlessSaidOtherwise() throws {
        let all = try Roll(of: entries, [])
        #expect(all.attended == entries)
        #expect(all.absent.isEmpty)
        let some = try Roll(
            of: entries, [.init(bookingID: entries[1].id, attended: false), .init(bookingID: entries[2].id, attended: true)])
        #expect(some.attended == [entries[0], entries[2]])
        #expect(some.absent == [entries[1]])
    }

    @Test func refusesStrangersAndContradictions() {
        let problem = #expect(throws: Problem.self) {
            try Roll(
                of: entries,
                [
                    .init(bookingID: entries[0].id, attended: true), .init(bookingID: BookingID(), attended: true),
                    .init(bookingID: entries[0].id, attended: false),
                ])
        }
        #expect(problem?.errors?.map(\.pointer) == ["#/attendance/1/booking_id", "#/attendance/2/booking_id"])
    }
}
