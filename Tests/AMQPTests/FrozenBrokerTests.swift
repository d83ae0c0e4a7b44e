import AMQP
import Foundation
import Testing

/// A broker, or the way to it, that hangs instead of breaking.
@Suite struct FrozenBrokerTests {
    private func withFrozenQueue(
        _ body: (TestProxy, BrokerConfigurationMaker, TopologyChannel) async throws -> Void
    ) async throws {
        try await withBroker { broker in
            let channel = TopologyChannel(try broker.configuration(), logger: quiet)
            try await channel.declareQueue("q")
            try await withProxy(broker) { proxy, maker in try await body(proxy, maker, channel) }
            await channel.close()
        }
    }

    /// So large that the socket's buffers cannot take it: the library's send hangs, and only the watchdog ends it.
    private let large = (0..<4).map { Message(exchange: "", routingKey: "q", body: Data(count: 8_000_000), messageID: "large-\($0)") }

    @Test func aSendThatHangsIsBrokenAtItsDeadlineAndThePublisherRecovers() async throws {
        try await withFrozenQueue { proxy, maker, channel in
            try await withPublisher(try maker.configuration(heartbeat: .seconds(60), callDeadline: .seconds(2))) { publisher in
                #expect(try await publisher.publish([.text("before", to: "q")]) == [.confirmed])
                proxy.freeze()
                let start = ContinuousClock.now
                #expect(try await publisher.publish(large) == Array(repeating: .unknown, count: 4))
                #expect((.seconds(1.9)...(.seconds(3))).contains(ContinuousClock.now - start))
                try await eventually { !publisher.isConnected }
                proxy.resume()
                try await eventually { publisher.isConnected }
                #expect(try await publisher.publish([.text("after", to: "q")]) == [.confirmed])
                _ = try await channel.purge("q")
            }
        }
    }

    @Test func silenceIsNoticedByHeartbeats() async throws {
        try await withFrozenQueue { proxy, maker, _ in
            let configuration = try maker.configuration(heartbeat: .seconds(1))
            let seen = Seen()
            try await withPublisher(configuration) { publisher in
                try await withConsumer(.init(configuration, queue: "q")) { batch in
                    seen.add(batch)
                    return [.ack]
                } _: { consumer in
                    try await eventually { publisher.isConnected && consumer.isSubscribed }
                    proxy.freeze()
                    try await eventually { !publisher.isConnected && !consumer.isSubscribed }
                    proxy.resume()
                    try await eventually { publisher.isConnected && consumer.isSubscribed }
                    #expect(try await publisher.publish([.text("after", to: "q")]) == [.confirmed])
                    try await eventually { seen.texts == ["after"] }
                }
            }
        }
    }

    @Test func anIdleConnectionIsKeptAliveByItsHeartbeats() async throws {
        try await withFrozenQueue { _, maker, channel in
            let configuration = try maker.configuration(heartbeat: .seconds(1))
            let lost = Box(false)
            try await withPublisher(configuration) { publisher in
                try await eventually { publisher.isConnected }
                let end = ContinuousClock.now + .seconds(4)
                try await eventually {
                    if !publisher.isConnected { lost.change { $0 = true } }
                    return ContinuousClock.now > end
                }
                #expect(lost.value == false)
                #expect(try await publisher.publish([.text("still", to: "q")]) == [.confirmed])
            }
            #expect(try await channel.messageCount("q") == 1)
        }
    }

    @Test func aLostConfirmIsUnknownThoughTheMessageArrived() async throws {
        try await withFrozenQueue { proxy, maker, channel in
            try await withPublisher(try maker.configuration()) { publisher in
                try await eventually { publisher.isConnected }
                proxy.swallowAnswers()
                async let outcomes = publisher.publish(numbers(0..<10, to: "q"))
                try await eventually { try await channel.messageCount("q") == 10 }
                proxy.cut()
                let told = try await outcomes
                #expect(told == Array(repeating: .unknown, count: 10))
                proxy.resume()
                #expect(try await publisher.publish([.text("after", to: "q")]) == [.confirmed])
            }
        }
    }

    @Test func confirmsThatDoNotComeByTheDeadlineAreUnknownAndTheConnectionIsReplaced() async throws {
        try await withFrozenQueue { proxy, maker, channel in
            // Nothing else would end the wait: not before minutes have passed are heartbeats missed.
            try await withPublisher(try maker.configuration(heartbeat: .seconds(600), callDeadline: .seconds(1))) { publisher in
                try await eventually { publisher.isConnected }
                proxy.swallowAnswers()
                #expect(try await publisher.publish(numbers(0..<10, to: "q")) == Array(repeating: .unknown, count: 10))
                try await eventually { !publisher.isConnected }
                proxy.resume()
                try await eventually { publisher.isConnected }
                #expect(try await publisher.publish([.text("after", to: "q")]) == [.confirmed])
                #expect(try await channel.messageCount("q") == 11)
            }
        }
    }

    @Test func aTopologyCallReturnsByItsDeadline() async throws {
        try await withFrozenQueue { proxy, maker, _ in
            let channel = TopologyChannel(try maker.configuration(callDeadline: .seconds(1)), logger: quiet)
            try await channel.connect()
            proxy.freeze()
            await #expect { try await channel.declareQueue("other") } throws: { ($0 as? BrokerError)?.kind == .timeout }
            proxy.resume()
            try await channel.declareQueue("other")
            await channel.close()
        }
    }
}
