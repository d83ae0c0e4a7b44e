import AMQP
import ContractKit
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@Suite struct ReactionTests {
    @Test func whatKeepsFailingBecomesADeadLetterWithItsStoryAndCanBeReplayed() async throws {
        try await withPlace { place in
            let calls = Collected<Int>()
            let mended = Gate()
            let reaction = OnThing { event in
                calls.append(event.value)
                if event.value == 13, mended.arrivals == 0 { throw ThingError() }
            }
            try await place.running(reaction) { _ in
                let organization = OrganizationID()
                let poison = ThingHappened(13, organizationID: organization)
                try await place.say(poison, ThingHappened(14, organizationID: organization))
                try await eventually("the event behind it") { try await place.effects() == [14] }
                try await eventually("the dead letter") { try await place.letters.list().count == 1 }
                // Once more than counted, if it was first tried in one transaction with the other.
                #expect((5...6).contains(calls.all.filter { $0 == 13 }.count))
                let letter = try #require(try await place.letters.list().first)
                #expect(letter.type == ThingHappened.type)
                #expect(letter.subject == poison.aggregate.subject)
                #expect(letter.reaction == OnThing.name)
                #expect(letter.attempts == 5)
                #expect(letter.reason?.hasSuffix("ThingError") == true)
                #expect(letter.reason?.contains("must not be kept") == false)
                let firstFailedAt = try #require(letter.firstFailedAt)
                #expect(abs(firstFailedAt.timeIntervalSinceNow) < 60)

                mended.open()
                await mended.pass()
                #expect(try await place.letters.replay(.events([try #require(letter.eventID)]), database: place.database) == 1)
                try await eventually("the effect") { try await place.effects() == [14, 13] }
                #expect(try await place.letters.list().isEmpty)
            }
        }
    }

    @Test func whatCannotBeReadIsADeadLetterAtOnce() async throws {
        try await withPlace { place in
            let channel = TopologyChannel(place.administration, logger: Place.logger)
            try await place.running { _ in
                for body in ["no event", #"{"id":"0192f0c1-0000-7000-8000-000000000001"}"#] {
                    let message = Message(exchange: "palestra.events", routingKey: ThingHappened.type, body: Data(body.utf8))
                    #expect(try await channel.publish(message) == .confirmed)
                }
                try await place.say(ThingHappened(1))
                try await eventually("the event behind") { try await place.effects() == [1] }
                try await eventually("the dead letters") { try await place.letters.list().count == 2 }
            }
            let reasons = try await place.letters.list().map(\.reason)
            #expect(reasons == ["undecodable", "undecodable"])
            #expect(try await place.letters.discard(.all) == 2)
            #expect(try await place.letters.list().isEmpty)
            await channel.close()
        }
    }

    @Test func aRefusalIsADeadLetterAtOnce() async throws {
        try await withPlace { place in
            let calls = Collected<Int>()
            let reaction = OnThing { event in
                calls.append(event.value)
                throw ReactionError.poison("an amount below nothing")
            }
            try await place.running(reaction) { _ in
                try await place.say(ThingHappened(1))
                try await eventually("the dead letter") { try await place.letters.list().count == 1 }
            }
            #expect(calls.all == [1])
            #expect(try await place.letters.list().first?.reason == "an amount below nothing")
        }
    }

    @Test func whatComesTooEarlyIsTriedAgainWithoutCounting() async throws {
        try await withPlace { place in
            let calls = Collected<Int>()
            let reaction = OnThing { event in
                calls.append(event.value)
                if event.value == 1, calls.count < 7 { throw ReactionError.notYet("its session") }
                if event.value == 2 { throw ReactionError.notYet("what never comes") }
            }
            try await place.running(reaction) { _ in
                try await place.say(ThingHappened(1))
                try await eventually("the effect") { try await place.effects() == [1] }
                #expect(calls.count == 7)
                try await place.say(ThingHappened(2))
                try await eventually("the dead letter") { try await place.letters.list().count == 1 }
            }
            #expect(try await place.letters.list().first?.reason == "what never comes")
        }
    }

    @Test func aFailingReactionRepeatsNothingOfTheOthers() async throws {
        try await withPlace { place in
            let first = Collected<Int>()
            let second = Collected<Int>()
            try await place.running(
                OnThing { first.append($0.value) },
                OnThingToo { event in
                    second.append(event.value)
                    if event.value == 9 || second.count < 5 { throw ThingError() }
                }
            ) { _ in
                try await place.say(ThingHappened(8))
                try await eventually("the effect of the second") { try await place.effects(of: OnThingToo.name) == [8] }
                try await place.say(ThingHappened(9))
                try await eventually("the dead letter") { try await place.letters.list().count == 1 }
            }
            #expect(first.all == [8, 9])
            #expect(try await place.effects() == [8, 9])
            #expect(try await place.letters.list().map(\.reaction) == [OnThingToo.name])
        }
    }

    @Test func aReactionThatLosesItsBrokerConnectionHasItsEffectOnce() async throws {
        try await withPlace { place in
            let gate = Gate()
            try await place.running(OnThing { _ in await gate.pass() }) { messaging in
                try await place.say(ThingHappened(1), ThingHappened(2))
                try await eventually("a running reaction") { gate.arrivals > 0 }
                try await eventually("its connection is cut") { try await place.broker.closeConnections() > 0 }
                gate.open()
                try await eventually("both effects") { try await place.effects().count == 2 }
                try await eventually("a new subscription") { messaging.health.isConnected }
                try await place.say(ThingHappened(3))
                try await eventually("the next effect") { try await place.effects().contains(3) }
            }
            #expect(try await place.effects().sorted() == [1, 2, 3])
            #expect(try await place.messages(in: Place.main) == 0)
        }
    }

    @Test func aStopFinishesWhatRunsAndGivesBackTheRest() async throws {
        try await withPlace { place in
            let gate = Gate()
            let organization = OrganizationID()
            try await place.say((1...5).map { ThingHappened($0, organizationID: organization) })
            try await place.running(OnThing { _ in await gate.pass() }) { messaging in
                try await eventually("a running reaction") { gate.arrivals > 0 }
                // Opened only once the stop is under way.
                Task {
                    try await eventually("the end of the subscription") { !messaging.health.isConnected }
                    gate.open()
                }
            }
            #expect(try await place.effects() == [1])
            try await eventually("the rest is back") { try await place.messages(in: Place.main) == 4 }
            try await place.running { _ in
                // What is given back comes again in the order in which it was given back.
                try await eventually("the rest") { try await place.effects().sorted() == [1, 2, 3, 4, 5] }
            }
            #expect(try await place.letters.list().isEmpty)
        }
    }
}
