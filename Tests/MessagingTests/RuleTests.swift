import AMQP
import ContractKit
import Foundation
import Postgres
import Testing

@testable import Messaging

@Suite struct RuleTests {
    @Test func theStandardScheduleHasEightAttemptsInSeventyTwoMinutes() {
        let schedule = RetrySchedule.standard
        #expect(schedule.limit == 8)
        #expect((1...2).map(schedule.next(after:)) == [.atOnce, .atOnce])
        #expect((3...7).map(schedule.next(after:)) == schedule.levels.map { .after($0) })
        #expect(schedule.next(after: 8) == .giveUp)
        #expect(schedule.levels.map(\.wait).reduce(.zero, +) == .seconds(4271))
    }

    @Test(arguments: [
        (DatabaseError(kind: .connectionLost, message: ""), true),
        (DatabaseError(kind: .commitOutcomeUnknown, message: ""), true),
        (DatabaseError(kind: .poolExhausted, message: ""), true),
        (DatabaseError(kind: .server, sqlState: "40001", message: ""), true),
        (DatabaseError(kind: .server, sqlState: "40P01", message: ""), true),
        (DatabaseError(kind: .server, sqlState: "55P03", message: ""), true),
        (DatabaseError(kind: .server, sqlState: "57P01", message: ""), true),
        (DatabaseError(kind: .server, sqlState: "08006", message: ""), true),
        (DatabaseError(kind: .server, sqlState: "53300", message: ""), true),
        (DatabaseError(kind: .server, sqlState: "58030", message: ""), true),
        (DatabaseError(kind: .server, sqlState: "57014", message: ""), false),
        (DatabaseError(kind: .server, sqlState: "23505", message: ""), false),
        (DatabaseError(kind: .rolledBack, message: ""), false),
        (DatabaseError(kind: .rowMissing, message: ""), false),
    ])
    func whatHealsNeverCounts(_ error: DatabaseError, _ heals: Bool) {
        #expect((Failure(error) == .infrastructure) == heals)
    }

    @Test func aFailureKeepsNoValues() {
        #expect(Failure(ThingError()) == .counted("MessagingTests.ThingError"))
        #expect(Failure(ReactionError.poison("why")) == .poison("why"))
        #expect(Failure(ReactionError.notYet("what")) == .early("what"))
        #expect(Failure(CancellationError()) == .infrastructure)
    }

    @Test func aTypeThatNobodyTakesIsHeldBackForAWhile() {
        var held = HeldBackTypes(wait: .seconds(10))
        let now = ContinuousClock.now
        let first = held.hold("a", at: now)
        let second = held.hold("a", at: now + .seconds(1))
        let during = held.types(at: now + .seconds(10))
        let after = held.types(at: now + .seconds(11))
        let third = held.hold("a", at: now + .seconds(12))
        #expect(first && !second && third)
        #expect(during == ["a"])
        #expect(after.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func waitsEndByTimeBellStopAndCancellation() async {
        let waits = Waits()
        await waits.wait(atMost: .milliseconds(1))
        waits.ring()
        await waits.wait(atMost: .seconds(3600))
        async let rung: Void = waits.wait(atMost: .seconds(3600))
        async let alsoRung: Void = waits.wait(atMost: .seconds(3600))
        let bell = Task {
            while !Task.isCancelled {
                waits.ring()
                await Task.yield()
            }
        }
        _ = await (rung, alsoRung)
        bell.cancel()
        await bell.value
        let cancelled = Task { await waits.wait(atMost: .seconds(3600)) }
        cancelled.cancel()
        await cancelled.value
        waits.stop()
        #expect(waits.isStopping)
        await waits.wait(atMost: .seconds(3600))
    }

    @Test func theTopologyFollowsFromTheContract() throws {
        let queues = Topology(service: ThingsContract.self, hears: [ThingHappened.self]).queues
        #expect(
            queues.map(\.name) == [
                "notifications.main.dead", "notifications.main.retry.1s", "notifications.main.retry.10s", "notifications.main.retry.1m",
                "notifications.main.retry.10m", "notifications.main.retry.1h", "notifications.main", "palestra.everyone",
            ])
        #expect(queues.filter { !$0.bindings.isEmpty }.map(\.bindings) == [[ThingHappened.type], [EveryoneTold.type]])
        #expect(queues[5].arguments["x-message-ttl"] == .int(3_600_000))
        #expect(Topology(service: ThingsContract.self).queues.map(\.name) == ["palestra.everyone"])
    }
}
