import AMQP
import Foundation
import Testing

@Suite struct TopologyTests {
    private func withChannel(_ body: (TopologyChannel) async throws -> Void) async throws {
        try await withBroker { broker in
            let channel = TopologyChannel(try broker.configuration(), logger: quiet)
            try await channel.connect()
            try await body(channel)
            await channel.close()
        }
    }

    @Test func declaresBindsAndRoutes() async throws {
        try await withChannel { channel in
            try await channel.declareExchange("lost", type: .fanout)
            try await channel.declareExchange("events", type: .topic, alternate: "lost")
            try await channel.declareQueue("heard", arguments: ["x-queue-type": .string("quorum")])
            try await channel.declareQueue("unheard")
            try await channel.bind(queue: "heard", exchange: "events", routingKey: "billing.#")
            try await channel.bind(queue: "unheard", exchange: "lost", routingKey: "")
            var message = Message(exchange: "events", routingKey: "billing.paid", body: Data("1".utf8))
            #expect(try await channel.publish(message) == .confirmed)
            message.routingKey = "other"
            #expect(try await channel.publish(message) == .confirmed)
            #expect(try await channel.messageCount("heard") == 1)
            #expect(try await channel.messageCount("unheard") == 1)
            try await channel.unbind(queue: "unheard", exchange: "lost", routingKey: "")
            #expect(try await channel.publish(message) == .returned(code: 312))
            #expect(try await channel.purge("heard") == 1)
            try await channel.deleteExchange("events")
            try await channel.deleteQueue("heard")
            try await channel.deleteQueue("heard")
            #expect(try await channel.messageCount("heard") == nil)
        }
    }

    @Test func carriesAllThatAMessageHas() async throws {
        try await withChannel { channel in
            try await channel.declareQueue("q")
            let sent = Message(
                exchange: "", routingKey: "q", body: Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0) }),
                contentType: "application/json", messageID: "id-1",
                type: "billing.paid.v1", appID: "billing", timestamp: Date(timeIntervalSince1970: 1_700_000_000),
                headers: [
                    "text": .string("ä"), "empty": .string(""), "number": .int(-5), "yes": .bool(true),
                    "time": .timestamp(Date(timeIntervalSince1970: 1_600_000_000)),
                ])
            #expect(try await channel.publish(sent) == .confirmed)
            let got = try #require(try await channel.get("q"))
            #expect(got.body == sent.body)
            #expect(got.contentType == sent.contentType)
            #expect(got.messageID == sent.messageID)
            #expect(got.type == sent.type)
            #expect(got.appID == sent.appID)
            #expect(got.timestamp == sent.timestamp)
            #expect(got.headers == sent.headers)
            #expect(got.routingKey == "q")
            #expect(!got.isRedelivered)
        }
    }

    @Test func getsAndSettlesOneByOne() async throws {
        try await withChannel { channel in
            try await channel.declareQueue("q", arguments: ["x-queue-type": .string("quorum")])
            #expect(try await channel.get("q") == nil)
            #expect(try await channel.publish(.text("", to: "q")) == .confirmed)
            let first = try #require(try await channel.get("q"))
            #expect(first.body.isEmpty)
            #expect(first.deliveryCount == 0)
            try await channel.settle(first.tag, .requeue)
            let second = try #require(try await channel.get("q"))
            #expect(second.isRedelivered)
            #expect(second.deliveryCount == 1)
            try await channel.settle(second.tag, .ack)
            #expect(try await channel.get("q") == nil)
            #expect(try await channel.messageCount("q") == 0)
        }
    }

    @Test func aRefusalHasItsCodeAndTheChannelGoesOn() async throws {
        try await withChannel { channel in
            try await channel.declareQueue("q")
            #expect(try await channel.publish(.text("kept", to: "q")) == .confirmed)
            let held = try #require(try await channel.get("q"))
            await #expect { try await channel.declareQueue("q", arguments: ["x-max-length": .int(1)]) } throws: { error in
                (error as? BrokerError)?.kind == .channelClosed(code: 406) && (error as? BrokerError)?.isRetriable == false
            }
            await #expect { try await channel.settle(held.tag, .ack) } throws: { ($0 as? BrokerError)?.kind == .connectionLost }
            #expect(try await channel.get("q")?.text == "kept")
        }
    }

    @Test func aClosedChannelSaysSo() async throws {
        try await withBroker { broker in
            let channel = TopologyChannel(try broker.configuration(), logger: quiet)
            await channel.close()
            await #expect { try await channel.connect() } throws: { ($0 as? BrokerError)?.kind == .closed }
            await channel.close()
        }
    }

    @Test func aVirtualHostThatIsNotThereIsARefusal() async throws {
        let missing = TestBroker(name: "missing-\(UUID().uuidString)")
        let channel = TopologyChannel(try missing.configuration(), logger: quiet)
        await #expect { try await channel.connect() } throws: { error in
            (error as? BrokerError)?.kind == .refused(code: 530) && (error as? BrokerError)?.isRetriable == false
        }
        await channel.close()
    }
}
