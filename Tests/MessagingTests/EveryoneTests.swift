import ContractKit
import Foundation
import Messaging
import TestSupport
import Testing

@Suite struct EveryoneTests {
    @Test func everyProcessHearsAndALaterOneHearsWhatItMissed() async throws {
        try await withPlace { place in
            let (first, second, late) = (OnEveryoneTold(), OnEveryoneTold(), OnEveryoneTold())
            @Sendable func told(_ value: Int) -> EveryoneTold {
                EveryoneTold(organizationID: OrganizationID(), thingID: Identifier(), value: value)
            }
            @Sendable func listening(_ listener: OnEveryoneTold) -> MessagingService {
                MessagingService(listeners: [listener], broker: place.configuration, logger: Place.logger)
            }
            try await place.running(place.messaging(listeners: [first])) { _ in
                try await place.running(listening(second)) { _ in
                    try await place.say(told(1), told(2))
                    try await eventually("the first heard") { first.values.all == [1, 2] }
                    try await eventually("the second heard") { second.values.all == [1, 2] }
                }
                try await place.say(told(3))
                try await eventually("the first heard more") { first.values.all == [1, 2, 3] }
                try await place.running(listening(late)) { edge in
                    try await eventually("the late one heard all") { late.values.all == [1, 2, 3] }
                    #expect(edge.health.isConnected)
                    try await place.broker.closeConnections()
                    try await place.say(told(4))
                    try await eventually("it hears again") { late.values.all.last == 4 }
                    #expect(late.values.all == [1, 2, 3, 4])
                }
            }
        }
    }

    @Test func aMissingStreamEndsNoProcess() async throws {
        try await withPlace { place in
            try await place.running(listeningWithoutStream(place)) { messaging in
                try await place.say(ThingHappened(1))
                try await eventually("work goes on") { try await place.effects() == [1] }
                #expect(!messaging.health.isConnected)
            }
        }
    }

    private func listeningWithoutStream(_ place: Place) async throws -> MessagingService {
        try await place.broker.server.manage("DELETE", "queues/\(place.broker.virtualHost)/palestra.everyone")
        return place.messaging(listeners: [OnEveryoneTold()])
    }
}
