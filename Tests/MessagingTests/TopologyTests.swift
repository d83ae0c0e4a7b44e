import AMQP
import ContractKit
import Foundation
import Messaging
import Testing

@Suite struct TopologyTests {
    @Test func declaringTwiceAndBesideRunningServicesChangesNothing() async throws {
        try await withPlace { place in
            try await place.running { messaging in
                try await eventually("a subscription") { messaging.health.isConnected }
                try await Place.topology.declare(place.administration, settle: .zero, logger: Place.logger)
                try await place.say(ThingHappened(1))
                try await eventually("the effect") { try await place.effects() == [1] }
            }
            try await place.say(ThingHappened(2))
            try await Place.topology.declare(place.administration, settle: .zero, logger: Place.logger)
            #expect(try await place.messages(in: Place.main) == 0)
            #expect(try await place.letters.list().isEmpty)
            for queue in ["short", "longer"] {
                #expect(try await place.messages(in: "notifications.main.retry.\(queue)") == 0)
            }
        }
    }

    @Test func aServiceMayCheckAndNamesWhatIsMissing() async throws {
        try await withPlace { place in
            try await Place.topology.check(place.configuration, logger: Place.logger)
            let channel = TopologyChannel(place.administration, logger: Place.logger)
            try await channel.deleteQueue("notifications.main.retry.short")
            await channel.close()
            let error = await #expect(throws: TopologyError.self) {
                try await Place.topology.check(place.configuration, logger: Place.logger)
            }
            #expect(error == .missing(["notifications.main.retry.short"], service: "notifications"))
            #expect(
                error?.description
                    == "the broker lacks notifications.main.retry.short: run the topology command of notifications first")
        }
    }

    @Test func theProofLooksBesideWaitingMessages() async throws {
        try await withPlace { place in
            let channel = TopologyChannel(place.administration, logger: Place.logger)
            for queue in [Place.main, "notifications.main.dead"] {
                for _ in 0..<3 {
                    let message = Message(exchange: "", routingKey: queue, body: Data("x".utf8), type: "waiting")
                    #expect(try await channel.publish(message) == .confirmed)
                }
            }
            try await Place.topology.declare(place.administration, settle: .zero, logger: Place.logger)
            #expect(try await place.messages(in: Place.main) == 3)
            #expect(try await place.messages(in: "notifications.main.dead") == 3)
            #expect(try await place.letters.list().map(\.position) == [1, 2, 3])
            await channel.close()
        }
    }

    @Test func aProcessThatOnlyListensNeedsTheStreamOnly() async throws {
        try await withPlace { place in
            let channel = TopologyChannel(place.administration, logger: Place.logger)
            try await channel.deleteQueue(Place.main)
            await channel.close()
            try await Topology(service: nil).check(place.configuration, logger: Place.logger)
        }
    }
}
