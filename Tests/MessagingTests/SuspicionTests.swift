import AMQP
import ContractKit
import Foundation
import Postgres
import Testing

@testable import Messaging

/// Handling that ends the process: seen from the next process, which finds the attempt written down and no end of it.
@Suite struct SuspicionTests {
    @Test func anEventWhoseHandlingEndsTheProcessIsParkedAfterThreeDeaths() async throws {
        try await withPlace { place in
            let event = ThingHappened(1)
            let envelope = EventEnvelope(event, id: UUID.v7(), time: Date(), traceparent: nil)
            let header = try JSON.decode(EventHeader.self, from: JSON.encode(envelope))
            let calls = Collected<Int>()
            for deaths in 0..<3 {
                // A process that dies inside the reaction leaves what it wrote before, and no more.
                let record = try await place.database.transaction { tx in
                    try await tx.one(Inbox.beginSuspected(OnThing.name, header.id), as: Inbox.Record.self)
                }
                #expect(record.unfinished == deaths + 1)
            }
            let attempts = ReactionAttempts(
                reaction: BoundReaction(OnThing { calls.append($0.value) }), header: header, database: place.database,
                schedule: Place.schedule, waits: Waits(), logger: Place.logger)
            let work = try attempts.reaction.read(JSON.encode(envelope)).work
            guard case .dead(let record) = await attempts.run(work, isSuspected: true) else {
                Issue.record("it was tried again")
                return
            }
            #expect(record.lastError == "handling it ended the process 3 times")
            #expect(record.state == .dead)
            #expect(calls.all.isEmpty)
        }
    }

    @Test func aSuspectedEventThatSucceedsIsDone() async throws {
        try await withPlace { place in
            let envelope = EventEnvelope(ThingHappened(2), id: UUID.v7(), time: Date(), traceparent: nil)
            let header = try JSON.decode(EventHeader.self, from: JSON.encode(envelope))
            let attempts = ReactionAttempts(
                reaction: BoundReaction(OnThing()), header: header, database: place.database,
                schedule: Place.schedule, waits: Waits(), logger: Place.logger)
            let work = try attempts.reaction.read(JSON.encode(envelope)).work
            guard case .done = await attempts.run(work, isSuspected: true) else {
                Issue.record("it was not done")
                return
            }
            guard case .duplicate = await attempts.run(work, isSuspected: true) else {
                Issue.record("it was done twice")
                return
            }
            #expect(try await place.effects() == [2])
        }
    }
}
