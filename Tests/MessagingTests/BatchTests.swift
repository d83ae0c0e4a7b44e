import AMQP
import ContractKit
import Foundation
import Postgres
import Testing

@testable import Messaging

/// Events that share a transaction.
@Suite struct BatchTests {
    private func entry(_ event: ThingHappened, _ reaction: OnThing = OnThing(), id: UUID = .v7()) throws -> EventBatch.Entry {
        let envelope = EventEnvelope(event, id: id, time: Date(), traceparent: nil)
        let (header, work) = try BoundReaction(reaction).read(try JSON.encode(envelope))
        return .init(header: header, works: [(Inbox.Key(reaction: OnThing.name, event: id), work)])
    }

    private func batch(
        _ entries: [EventBatch.Entry], _ place: Place, _ waits: Waits = Waits(), longest: Duration = .seconds(60)
    ) -> EventBatch {
        EventBatch(entries: entries, database: place.database, waits: waits, longest: longest)
    }

    private func remembered(_ place: Place) async throws -> Int {
        try await place.database.transaction { tx in try await tx.one("select count(*) from inbox", as: Int.self) }
    }

    @Test func oneThatFailsLeavesTheOthersDoneOnceAndIsCountedOnce() async throws {
        try await withPlace { place in
            let organizations = (0..<3).map { _ in OrganizationID() }
            let failures = Collected<Int>()
            let reaction = OnThing { event in
                guard event.value == 30, failures.count < 2 else { return }
                failures.append(event.value)
                throw ThingError()
            }
            try await place.say((0..<60).map { ThingHappened($0, organizationID: organizations[$0 % 3]) })
            try await place.running(reaction) { _ in
                try await eventually("all effects") { try await place.effects().count >= 60 }
            }
            #expect(try await place.effects().sorted() == Array(0..<60))
            #expect(try await place.letters.list().isEmpty)
            let counted = try await place.database.transaction { tx in
                try await tx.query("select attempts from inbox where attempts > 0", as: Int.self)
            }
            // Failed twice: both alone, or the first time among others, which is not counted.
            #expect(counted == [1] || counted == [2])
        }
    }

    @Test func whenOneFailsNothingOfTheOthersHasHappened() async throws {
        try await withPlace { place in
            let failing = OnThing { _ in throw ThingError() }
            let entries = try [entry(ThingHappened(1)), entry(ThingHappened(2), failing), entry(ThingHappened(3))]
            await #expect(throws: ThingError.self) { _ = try await batch(entries, place).run() }
            #expect(try await place.effects() == [])
            #expect(try await remembered(place) == 0)
        }
    }

    @Test func eachReactionRunsAsItsOwnOrganizationOnly() async throws {
        try await withPlace { place in
            let seen = Collected<(OrganizationID, UUID?)>()
            struct Looking: Reaction {
                static let name = OnThing.name
                let seen: Collected<(OrganizationID, UUID?)>
                func react(to event: ThingHappened, _ occasion: Occasion, in tx: Transaction) async throws {
                    seen.append((event.organizationID, try await tx.one("select app.organization_id()", as: UUID?.self)))
                }
            }
            let organizations = (0..<4).map { _ in OrganizationID() }
            let entries = try (0..<16).map { number in
                let id = UUID.v7()
                let event = ThingHappened(number, organizationID: organizations[number % 4])
                let bytes = try JSON.encode(EventEnvelope(event, id: id, time: Date(), traceparent: nil))
                let (header, work) = try BoundReaction(Looking(seen: seen)).read(bytes)
                return EventBatch.Entry(header: header, works: [(Inbox.Key(reaction: OnThing.name, event: id), work)])
            }
            #expect(try await batch(entries, place).run() == Array(repeating: true, count: 16))
            #expect(seen.count == 16)
            #expect(seen.all.allSatisfy { $0.0.rawValue == $0.1 })
        }
    }

    @Test func oneOrganizationsEventsStayInTheirOrder() async throws {
        try await withPlace { place in
            let organizations = (0..<3).map { _ in OrganizationID() }
            let entries = try (0..<30).map { try entry(ThingHappened($0, organizationID: organizations[$0 % 3])) }
            #expect(try await batch(entries, place).run() == Array(repeating: true, count: 30))
            let effects = try await place.effects()
            for rest in 0..<3 { #expect(effects.filter { $0 % 3 == rest } == (0..<30).filter { $0 % 3 == rest }) }
        }
    }

    /// As after a kill between commit and acknowledgement: all of it is delivered again.
    @Test func whatWasCommittedAndNotAcknowledgedIsNotDoneAgain() async throws {
        try await withPlace { place in
            let entries = try (0..<5).map { try entry(ThingHappened($0)) }
            #expect(try await batch(Array(entries[..<3]), place).run() == [true, true, true])
            #expect(try await batch(entries, place).run() == [false, false, false, true, true])
            #expect(try await place.effects().sorted() == [0, 1, 2, 3, 4])
        }
    }

    @Test func anEventThatCameTwiceIsDoneOnce() async throws {
        try await withPlace { place in
            let id = UUID.v7()
            let event = ThingHappened(7)
            let entries = [try entry(event, id: id), try entry(event, id: id)]
            #expect(try await batch(entries, place).run() == [true, false])
            #expect(try await place.effects() == [7])
        }
    }

    @Test func aStopKeepsWhatIsDoneAndForgetsWhatIsNotBegun() async throws {
        try await withPlace { place in
            let waits = Waits()
            let organization = OrganizationID()
            let stopping = OnThing { event in if event.value == 2 { waits.stop() } }
            let entries = try (1...5).map { try entry(ThingHappened($0, organizationID: organization), stopping) }
            #expect(try await batch(entries, place, waits).run() == [true, true, false, false, false])
            #expect(try await place.effects() == [1, 2])
            #expect(try await remembered(place) == 2)
        }
    }

    @Test func whatTakesTooLongIsCommittedAsFarAsItIs() async throws {
        try await withPlace { place in
            let organization = OrganizationID()
            let entries = try (1...3).map { try entry(ThingHappened($0, organizationID: organization)) }
            #expect(try await batch(entries, place, longest: .zero).run() == [true, false, false])
            #expect(try await place.effects() == [1])
            #expect(try await remembered(place) == 1)
        }
    }

    @Test func theTraceIsFoundWhereItStands() throws {
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let envelope = EventEnvelope(ThingHappened(1), id: .v7(), time: Date(), traceparent: trace)
        let said = try JSON.encode(envelope)
        #expect(Outbox.Row.traceparent(in: said) == trace)
        #expect(Outbox.Row.traceparent(in: Data(#"{"traceparent" : "\#(trace)"}"#.utf8)) == trace)
        let none = EventEnvelope(ThingHappened(1), id: .v7(), time: Date(), traceparent: nil)
        let untraced = try JSON.encode(none)
        #expect(Outbox.Row.traceparent(in: untraced) == nil)
        #expect(Outbox.Row.traceparent(in: Data(#"{"text":"\"traceparent\":\"x\""}"#.utf8)) == nil)
        #expect(Outbox.Row.traceparent(in: Data()) == nil)
    }
}
