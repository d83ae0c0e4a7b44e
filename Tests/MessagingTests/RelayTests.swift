import ContractKit
import Foundation
@testable import Messaging
import Postgres
import TestSupport
import Testing

@Suite struct RelayTests {
    @Test func aLostConfirmDoublesThePublicationAndNotTheEffect() async throws {
        try await withPlace { place in
            let organizations = (0..<4).map { _ in OrganizationID() }
            let said = Collected<Int>()
            @Sendable func sayHundred() async throws {
                let first = said.count * 100
                said.append(first)
                try await place.say((first..<first + 100).map { ThingHappened($0, organizationID: organizations[$0 % 4]) })
            }
            try await place.running { _ in
                // The management API learns of a connection some seconds after it was made: events flow until one was cut.
                for _ in 0..<2 {
                    try await eventually("connections are cut between windows") {
                        try await sayHundred()
                        return try await place.broker.closeConnections() > 0
                    }
                }
                try await sayHundred()
                try await eventually("all effects") { try await place.effects().count >= said.count * 100 }
                try await eventually("all marks") { try await place.unpublished() == 0 }
            }
            #expect(try await place.effects().sorted() == Array(0..<said.count * 100))
            #expect(try await place.letters.list().isEmpty)
        }
    }

    @Test func oneRelayLeadsAndAnotherTakesOverWhenItsSessionDies() async throws {
        try await withPlace { place in
            let other = place.lent.open()
            let messaging = [place.messaging(), place.messaging(on: other)]
            try await place.running(messaging[0]) { first in
                try await eventually("the first leads") { first.health.isLeader }
                try await place.running(messaging[1]) { second in
                    try await place.say(ThingHappened(1))
                    try await eventually("its effect") { try await place.effects() == [1] }
                    #expect(!second.health.isLeader)
                    for value in 2...4 {
                        let victims = try await place.lent.sql(
                            """
                            select count(pg_terminate_backend(pid)) from pg_locks
                             where locktype = 'advisory' and granted and mode = 'ExclusiveLock'
                               and database = (select oid from pg_database where datname = current_database())
                            """)
                        #expect(victims == "1")
                        try await place.say(ThingHappened(value))
                        try await eventually("what was said meanwhile") { try await place.effects().count == value }
                        try await eventually("one leader") { first.health.isLeader != second.health.isLeader }
                    }
                }
            }
            #expect(try await place.effects().sorted() == [1, 2, 3, 4])
        }
    }

    @Test func theStandbyTakesOverWhenTheLeaderStops() async throws {
        try await withPlace { place in
            let standby = place.messaging(on: place.lent.open())
            let first = place.messaging()
            let isStandingBy = Gate()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try await place.running(first) { _ in
                        try await eventually("the first leads") { first.health.isLeader }
                        isStandingBy.open()
                        try await eventually("both are connected") { standby.health.isConnected }
                    }
                }
                tasks.addTask {
                    await isStandingBy.pass()
                    try await place.running(standby) { _ in
                        try await eventually("the standby leads") { standby.health.isLeader }
                        try await place.say(ThingHappened(1))
                        try await eventually("the effect") { try await place.effects() == [1] }
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }

    @Test func healthTellsTheBacklog() async throws {
        try await withPlace { place in
            try await place.say(NobodyHeard(organizationID: OrganizationID(), thingID: Identifier()))
            try await place.running { messaging in
                try await eventually("a count") { messaging.health.pending == 1 }
                try await eventually("a connection") { messaging.health.isConnected }
                #expect(!messaging.health.isBlocked)
            }
        }
    }

    @Test func whatItIsNotCalledForItFindsByItself() async throws {
        try await withPlace { place in
            // Another pool's commits ring nothing in the relay's.
            let elsewhere = place.lent.open()
            let messaging = place.messaging()
            try await place.running(messaging) { _ in
                try await eventually("it leads") { messaging.health.isLeader }
                for value in 1...3 {
                    try await elsewhere.transaction { tx in try await tx.emit(ThingHappened(value)) }
                    try await eventually("its effect") { try await place.effects().count == value }
                }
            }
            #expect(try await place.effects() == [1, 2, 3])
        }
    }

    @Test func aLeaderLooksSeldomWhileItIsAloneAndOftenBesideAnother() async throws {
        try await withPlace { place in
            let leader = try await RelayLeadership(service: "notifications", database: place.database)
            try await leader.standBy()
            #expect(try await leader.isWon())
            try await leader.lead()
            #expect(try await leader.isAlone())
            let other = try await RelayLeadership(service: "notifications", database: place.database)
            try await other.standBy()
            #expect(try await !other.isWon())
            #expect(try await !leader.isAlone())
            var looks = RelayLooks()
            #expect(try await looks.pause(leader) == RelayLooks.besideOthers)

            await leader.end()
            try await eventually("the other wins") { try await other.isWon() }
            try await other.lead()
            looks = RelayLooks()
            #expect(try await looks.pause(other) == RelayLooks.alone)
            await other.end()
        }
    }
}
