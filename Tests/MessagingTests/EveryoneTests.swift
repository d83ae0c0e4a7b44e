import ContractKit
import Foundation
import Logging
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

    /// Found by the edge: a process that the broker refused once was deaf to ended login sessions from then on.
    @Test func aRefusalIsNotForEver() async throws {
        try await withPlace { place in
            let (listener, refusals) = (OnEveryoneTold(), Collected<String>())
            let user = "notifications-\(place.broker.virtualHost)"
            @Sendable func mayRead(_ pattern: String) async throws {
                try await place.broker.server.manage(
                    "PUT", "permissions/\(place.broker.virtualHost)/\(user)",
                    #"{"configure":"^$","write":"^palestra\\.events$","read":"\#(pattern)"}"#)
            }
            try await mayRead("^$")
            let logger = Logger(label: "refused") { _ in NotingHandler { refusals.append($0) } }
            let messaging = MessagingService(listeners: [listener], broker: place.configuration, logger: logger)
            try await place.running(messaging) { _ in
                try await eventually("it was refused") { refusals.all.contains("The broadcast stream cannot be read") }
                try await mayRead(".*")
                try await place.running(place.messaging()) { _ in
                    try await place.say(EveryoneTold(organizationID: OrganizationID(), thingID: Identifier(), value: 1))
                    try await eventually("it hears") { listener.values.all == [1] }
                }
            }
        }
    }

    private func listeningWithoutStream(_ place: Place) async throws -> MessagingService {
        try await place.broker.server.manage("DELETE", "queues/\(place.broker.virtualHost)/palestra.everyone")
        return place.messaging(listeners: [OnEveryoneTold()])
    }
}

/// Hands on what is logged.
private struct NotingHandler: LogHandler {
    let note: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.error

    init(_ note: @escaping @Sendable (String) -> Void) { self.note = note }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { note("\(event.message)") }
}
