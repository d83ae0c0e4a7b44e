import ContractKit
import Foundation
import Messaging
import TestSupport
import Testing

@Suite struct BrokerRestartTests {
    @Test func aKilledBrokerLosesNoEventAndDoublesNoEffect() async throws {
        try await withPrivateRabbitMQ { rabbit in
            // Five seconds: what a fresh quorum queue confirmed dies with a broker that is killed earlier.
            try await withPlace(on: rabbit.server, settle: .seconds(5)) { place in
                let organizations = (0..<4).map { _ in OrganizationID() }
                @Sendable func events(_ range: Range<Int>) -> [ThingHappened] {
                    range.map { ThingHappened($0, organizationID: organizations[$0 % 4]) }
                }
                try await place.running { messaging in
                    try await place.say(events(0..<300))
                    try await eventually("some effects") { try await place.effects().count > 50 }
                    try await rabbit.kill()
                    try await place.say(events(300..<600))
                    try await eventually("the loss is noticed") { !messaging.health.isConnected }
                    try await rabbit.start()
                    try await eventually("all effects") { try await place.effects().count >= 600 }
                    try await eventually("all marks") { try await place.unpublished() == 0 }
                }
                #expect(try await place.effects().sorted() == Array(0..<600))
                #expect(try await place.letters.list().isEmpty)
            }
        }
    }
}
