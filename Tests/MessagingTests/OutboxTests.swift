import ContractKit
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@Suite struct OutboxTests {
    @Test func whatIsCommittedIsHeardAndWhatIsRolledBackIsNot() async throws {
        try await withPlace { place in
            try await place.running { _ in
                await #expect(throws: ThingError.self) {
                    try await place.database.transaction { tx in
                        try await tx.emit(ThingHappened(1))
                        throw ThingError()
                    }
                }
                try await place.say(ThingHappened(2))
                try await eventually("the effect of a committed event") { try await place.effects() == [2] }
                try await eventually("its mark") { try await place.unpublished() == 0 }
            }
            #expect(try await place.effects() == [2])
        }
    }

    @Test func orderHoldsPerAggregate() async throws {
        try await withPlace { place in
            let organizations = (0..<3).map { _ in OrganizationID() }
            let things = organizations.map { ($0, Identifier<ThingTag>()) }
            try await place.running { _ in
                for round in 0..<30 {
                    try await place.say(
                        things.enumerated().flatMap { index, thing in
                            (0..<5).map { step in
                                let version = round * 5 + step + 1
                                return ThingHappened(
                                    index * 1000 + version, organizationID: thing.0, thingID: thing.1, version: Int64(version))
                            }
                        })
                }
                try await eventually("all effects") { try await place.effects().count == 450 }
            }
            let effects = try await place.effects()
            for index in 0..<3 {
                #expect(effects.filter { $0 / 1000 == index } == (1...150).map { index * 1000 + $0 })
            }
        }
    }

    @Test func whatOtherReplicasCommitIsPublishedToo() async throws {
        try await withPlace { place in
            let replica = place.lent.open()
            try await place.running { messaging in
                try await eventually("leadership") { messaging.health.isLeader }
                try await replica.transaction { tx in try await tx.emit(ThingHappened(3)) }
                try await eventually("the effect") { try await place.effects() == [3] }
            }
        }
    }

    @Test func anEventThatNoQueueTakesWaitsAndKeepsNobodyElse() async throws {
        try await withPlace { place in
            try await place.running { _ in
                try await place.say((0..<150).map { _ in NobodyHeard(organizationID: OrganizationID(), thingID: Identifier()) })
                try await place.say(ThingHappened(4))
                try await eventually("the event behind them") { try await place.effects() == [4] }
                try await eventually("its mark") { try await place.unpublished() == 150 }
            }
        }
    }

    @Test func aReplayIsPublishedAgainAndChangesNothing() async throws {
        try await withPlace { place in
            let calls = Collected<Int>()
            try await place.running(OnThing { calls.append($0.value) }) { _ in
                let before = Date().addingTimeInterval(-60)
                try await place.say(ThingHappened(5), ThingHappened(6))
                try await eventually("the marks") { try await place.unpublished() == 0 }
                #expect(try await OutboxReplay(database: place.database).replay(since: before) == 2)
                try await eventually("the marks again") { try await place.unpublished() == 0 }
                try await place.say(ThingHappened(7))
                try await eventually("what came later") { try await place.effects().contains(7) }
            }
            #expect(try await place.effects().sorted() == [5, 6, 7])
            #expect(calls.all.sorted() == [5, 6, 7])
        }
    }

    @Test func theTraceTravelsWithTheEvent() async throws {
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        try await withPlace { place in
            let traces = Collected<String?>()
            try await place.running(OnThing { _ in traces.append(TraceContext.traceparent) }) { _ in
                try await TraceContext.$traceparent.withValue(trace) { try await place.say(ThingHappened(1)) }
                try await eventually("the effect") { try await place.effects() == [1] }
            }
            #expect(traces.all == [trace])
        }
    }
}
