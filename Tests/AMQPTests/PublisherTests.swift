import AMQP
import Foundation
import Testing

@Suite struct PublisherTests {
    private func withPublisherAndChannel(_ body: (Publisher, TopologyChannel, TestBroker) async throws -> Void) async throws {
        try await withBroker { broker in
            let configuration = try broker.configuration("publisher")
            let channel = TopologyChannel(configuration, logger: quiet)
            try await withPublisher(configuration) { try await body($0, channel, broker) }
            await channel.close()
        }
    }

    @Test func confirmsWindowsOfHundredsInOrder() async throws {
        try await withPublisherAndChannel { publisher, channel, _ in
            try await channel.declareQueue("q", arguments: ["x-queue-type": .string("quorum")])
            for window in 0..<5 {
                let outcomes = try await publisher.publish(numbers(window * 300..<(window + 1) * 300, to: "q"))
                #expect(outcomes == Array(repeating: .confirmed, count: 300))
            }
            #expect(try await channel.messageCount("q") == 1500)
            for number in 0..<20 {
                let delivery = try #require(try await channel.get("q"))
                #expect(delivery.text == "\(number)")
            }
            #expect(try await publisher.publish([]) == [])
        }
    }

    @Test func manyCallersShareTheConnection() async throws {
        try await withPublisherAndChannel { publisher, channel, _ in
            try await channel.declareQueue("q")
            try await withThrowingTaskGroup { group in
                for caller in 0..<40 {
                    group.addTask { try await publisher.publish(numbers(caller * 25..<caller * 25 + 25, to: "q")) }
                }
                for try await outcomes in group { #expect(outcomes == Array(repeating: .confirmed, count: 25)) }
            }
            #expect(try await channel.messageCount("q") == 1000)
        }
    }

    @Test func whatNoQueueTakesComesBack() async throws {
        try await withPublisherAndChannel { publisher, channel, _ in
            try await channel.declareQueue("q")
            var messages = (0..<30).map { Message.text("\($0)", to: $0.isMultiple(of: 3) ? "nowhere" : "q") }
            for index in messages.indices where index.isMultiple(of: 2) { messages[index].messageID = nil }
            let outcomes = try await publisher.publish(messages)
            #expect(outcomes == (0..<30).map { $0.isMultiple(of: 3) ? .returned(code: 312) : .confirmed })
            #expect(try await channel.messageCount("q") == 20)
        }
    }

    @Test func aFullQueueRefuses() async throws {
        try await withPublisherAndChannel { publisher, channel, _ in
            try await channel.declareQueue("q", arguments: ["x-max-length": .int(5), "x-overflow": .string("reject-publish")])
            #expect(try await publisher.publish(numbers(0..<5, to: "q")) == Array(repeating: .confirmed, count: 5))
            #expect(try await publisher.publish(numbers(5..<8, to: "q")) == Array(repeating: .refused, count: 3))
            #expect(try await channel.messageCount("q") == 5)
        }
    }

    @Test func aMissingExchangeLeavesTheWindowUnknownAndThePublisherRecovers() async throws {
        try await withPublisherAndChannel { publisher, channel, _ in
            try await channel.declareQueue("q")
            let missing = Message(exchange: "missing", routingKey: "", body: Data())
            #expect(try await publisher.publish([missing]) == [.unknown])
            #expect(try await publisher.publish([.text("1", to: "q")]) == [.confirmed])
        }
    }

    @Test func recoversFromAConnectionThatTheBrokerClosesWithNothingLost() async throws {
        try await withPublisherAndChannel { publisher, channel, broker in
            try await channel.declareQueue("q")
            let publishing = Task {
                var confirmed: [String] = []
                var isClosed = false
                var number = 0
                // Goes on until well after the cut; what is not confirmed is published again, as an outbox does.
                while !isClosed || number < 500 {
                    let messages = numbers(number..<number + 10, to: "q")
                    var open = messages
                    while !open.isEmpty {
                        guard let outcomes = try? await publisher.publish(open) else { continue }
                        open = zip(open, outcomes).filter { $1 != .confirmed }.map(\.0)
                    }
                    confirmed += messages.compactMap(\.messageID)
                    number += 10
                    if Task.isCancelled { isClosed = true }
                }
                return confirmed
            }
            try await eventually("the broker closes the connection") { try await broker.closeConnections("publisher") > 0 }
            try await eventually("the publisher reconnects") { publisher.isConnected }
            publishing.cancel()
            let confirmed = await publishing.value
            var arrived: Set<String> = []
            while let delivery = try await channel.get("q") {
                arrived.insert(try #require(delivery.messageID))
                try await channel.settle(delivery.tag, .ack)
            }
            #expect(arrived.isSuperset(of: confirmed))
        }
    }

    @Test func aWrongPasswordEndsItAtOnce() async throws {
        var configuration = try TestBroker(name: "%2F").configuration()
        configuration.address.password = "wrong"
        let publisher = Publisher(configuration, logger: quiet)
        async let waiting = publisher.publish([.text("", to: "q")])
        await #expect { try await publisher.run() } throws: { error in
            let error = error as? BrokerError
            return error?.kind == .authentication && error?.isRetriable == false && "\(error!)".contains("wrong") == false
        }
        do {
            _ = try await waiting
            Issue.record("nothing can be published")
        } catch {
            #expect((error as? BrokerError)?.kind == .authentication)
        }
        await #expect { _ = try await publisher.publish([.text("", to: "q")]) } throws: { ($0 as? BrokerError)?.kind == .authentication }
        await publisher.close()
    }

    @Test func withoutABrokerNothingIsSentAndTheDeadlineHolds() async throws {
        // Port 1 of the loopback refuses.
        let configuration = BrokerConfiguration(
            try BrokerAddress("amqp://127.0.0.1:1"), connectionName: "test", callDeadline: .seconds(1))
        try await withPublisher(configuration) { publisher in
            await #expect { _ = try await publisher.publish([.text("", to: "q")]) } throws: { ($0 as? BrokerError)?.kind == .timeout }
            #expect(!publisher.isConnected)
        }
    }

    @Test func closesAfterOutstandingConfirmsAndRefusesFromThenOn() async throws {
        try await withBroker { broker in
            let channel = TopologyChannel(try broker.configuration(), logger: quiet)
            try await channel.declareQueue("q", arguments: ["x-queue-type": .string("quorum")])
            let publisher = Publisher(try broker.configuration(), logger: quiet)
            let running = Task { try await publisher.run() }
            try await eventually { publisher.isConnected }
            async let outcomes = publisher.publish(numbers(0..<500, to: "q"))
            try await eventually { try await channel.messageCount("q")! > 0 }
            await publisher.close()
            let told = try await outcomes
            #expect(told == Array(repeating: .confirmed, count: 500))
            try await running.value
            await #expect { _ = try await publisher.publish([.text("", to: "q")]) } throws: { ($0 as? BrokerError)?.kind == .closed }
            await channel.close()
        }
    }
}
