import AMQP
import Foundation
import Testing

@Suite struct ConsumerTests {
    private static let quorum: [String: HeaderValue] = ["x-queue-type": .string("quorum")]

    private func withQueue(
        _ arguments: [String: HeaderValue] = quorum, _ body: (TopologyChannel, TestBroker) async throws -> Void
    ) async throws {
        try await withBroker { broker in
            let channel = TopologyChannel(try broker.configuration(), logger: quiet)
            try await channel.declareQueue("q", arguments: arguments)
            try await body(channel, broker)
            await channel.close()
        }
    }

    private func fill(_ channel: TopologyChannel, _ range: Range<Int>) async throws {
        for message in numbers(range, to: "q") { #expect(try await channel.publish(message) == .confirmed) }
    }

    @Test func handlesOneAtATimeInOrder() async throws {
        try await withQueue { channel, broker in
            try await fill(channel, 0..<50)
            let (seen, running, most) = (Seen(), Box(0), Box(0))
            try await withConsumer(.init(try broker.configuration(), queue: "q")) { batch in
                let now = running.change { $0 += 1 }
                most.change { $0 = max($0, now) }
                await Task.yield()
                seen.add(batch)
                running.change { $0 -= 1 }
                return [.ack]
            } _: { _ in
                try await eventually { seen.count == 50 }
            }
            #expect(seen.texts == (0..<50).map { "\($0)" })
            #expect(most.value == 1)
            #expect(try await channel.messageCount("q") == 0)
        }
    }

    @Test func givesBatchesOfWhatWaits() async throws {
        try await withQueue { channel, broker in
            try await fill(channel, 0..<60)
            let (seen, largest) = (Seen(), Box(0))
            let configuration = Consumer.Configuration(try broker.configuration(), queue: "q", prefetch: 30, maximumBatch: 20)
            try await withConsumer(configuration) { batch in
                largest.change { $0 = max($0, batch.count) }
                // The others arrive meanwhile.
                try? await Task.sleep(for: .milliseconds(20))
                seen.add(batch)
                return batch.map { _ in .ack }
            } _: { _ in
                try await eventually { seen.count == 60 }
            }
            #expect(seen.texts == (0..<60).map { "\($0)" })
            #expect((2...20).contains(largest.value))
        }
    }

    @Test func settlesAsTold() async throws {
        let arguments: [String: HeaderValue] = [
            "x-dead-letter-exchange": .string(""), "x-dead-letter-routing-key": .string("dead"), "x-queue-type": .string("quorum"),
        ]
        try await withQueue(arguments) { channel, broker in
            try await channel.declareQueue("dead")
            try await fill(channel, 0..<4)
            let seen = Seen()
            try await withConsumer(.init(try broker.configuration(), queue: "q", maximumBatch: 10)) { batch in
                seen.add(batch)
                return batch.map { delivery in
                    switch delivery.text {
                    case "0": .ack
                    case "1": .drop
                    // A missing settlement of the last one, below, is a requeue too.
                    default: delivery.deliveryCount == 0 ? .requeue : .ack
                    }
                }.filter { _ in batch.count > 1 || batch[0].text != "3" || batch[0].deliveryCount > 0 }
            } _: { _ in
                try await eventually { seen.count == 6 }
            }
            #expect(seen.all.filter { $0.deliveryCount == 1 }.map(\.text).sorted() == ["2", "3"])
            #expect(seen.all.filter { $0.deliveryCount == 1 }.allSatisfy { $0.isRedelivered })
            #expect(try await channel.get("dead")?.text == "1")
            #expect(try await channel.messageCount("q") == 0)
        }
    }

    @Test func neverHoldsMoreThanThePrefetch() async throws {
        try await withQueue { channel, broker in
            try await fill(channel, 0..<10)
            let seen = Seen()
            let configuration = Consumer.Configuration(try broker.configuration(), queue: "q", prefetch: 3, maximumBatch: 10)
            try await withConsumer(configuration) { batch in
                seen.add(batch)
                return batch.map { _ in .later }
            } _: { consumer in
                try await eventually { seen.count == 3 }
                #expect(try await channel.messageCount("q") == 7)
                consumer.settle(seen.all[0].tag, .ack)
                try await eventually { seen.count == 4 }
                #expect(try await channel.messageCount("q") == 6)
                // A tag of another connection means nothing on this one.
                consumer.settle(.init(generation: 99, number: seen.all[1].tag.number), .ack)
                consumer.settle(seen.all[2].tag, .ack)
                try await eventually { seen.count == 5 }
                #expect(try await channel.messageCount("q") == 5)
            }
            try await eventually("the unsettled go back") { try await channel.messageCount("q") == 8 }
        }
    }

    @Test func manyAcknowledgementsAtOnceLeaveOutWhatIsNotSettled() async throws {
        try await withQueue { channel, broker in
            try await fill(channel, 0..<200)
            let seen = Seen()
            let configuration = Consumer.Configuration(try broker.configuration(), queue: "q", prefetch: 64, maximumBatch: 64)
            try await withConsumer(configuration) { batch in
                seen.add(batch)
                return batch.map { ["7", "100"].contains($0.text) ? .later : .ack }
            } _: { _ in
                try await eventually { seen.count == 200 }
            }
            try await eventually("only those go back") { try await channel.messageCount("q") == 2 }
            let back = [try await channel.get("q")?.text, try await channel.get("q")?.text]
            #expect(Set(back) == ["7", "100"])
        }
    }

    @Test func aStopLetsTheHandlerFinishAndGivesBackTheRest() async throws {
        try await withQueue { channel, broker in
            try await fill(channel, 0..<10)
            let seen = Seen()
            let (go, wasCancelled) = (Box(false), Box(false))
            let consumer = Consumer(.init(try broker.configuration(), queue: "q", prefetch: 6), logger: quiet)
            let running = Task {
                try await consumer.run { batch in
                    seen.add(batch)
                    while !go.value { await Task.yield() }
                    wasCancelled.change { $0 = Task.isCancelled }
                    return [.ack]
                }
            }
            try await eventually { seen.count == 1 }
            try await eventually { try await channel.messageCount("q") == 4 }
            running.cancel()
            // Given back while the handler is still busy.
            try await eventually { try await channel.messageCount("q") == 9 }
            #expect(consumer.isSubscribed == false)
            go.change { $0 = true }
            try await running.value
            #expect(seen.texts == ["0"])
            #expect(wasCancelled.value == false)
            #expect(try await channel.messageCount("q") == 9)
            await #expect { try await consumer.run { _ in [] } } throws: { ($0 as? BrokerError)?.kind == .closed }
        }
    }

    @Test func noticesThatItsQueueWasDeletedAndTakesTheNewOne() async throws {
        try await withQueue { channel, broker in
            let seen = Seen()
            try await withConsumer(.init(try broker.configuration(), queue: "q")) { batch in
                seen.add(batch)
                return [.ack]
            } _: { consumer in
                try await eventually { consumer.isSubscribed }
                try await channel.deleteQueue("q")
                try await eventually { !consumer.isSubscribed }
                try await channel.declareQueue("q", arguments: Self.quorum)
                try await fill(channel, 0..<1)
                try await eventually { seen.count == 1 }
            }
        }
    }

    @Test func recoversFromAConnectionThatTheBrokerCloses() async throws {
        try await withQueue { channel, broker in
            try await fill(channel, 0..<20)
            let (seen, go) = (Seen(), Box(false))
            try await withConsumer(.init(try broker.configuration("consumer"), queue: "q", prefetch: 5)) { batch in
                seen.add(batch)
                while !go.value { await Task.yield() }
                return [.ack]
            } _: { consumer in
                try await eventually { seen.count == 1 }
                try await eventually { try await broker.closeConnections("consumer") > 0 }
                try await eventually { !consumer.isSubscribed }
                try await eventually { consumer.isSubscribed }
                // The handler's answer is for the old connection: it must not settle the new one's first delivery.
                go.change { $0 = true }
                try await eventually { seen.count >= 21 }
            }
            #expect(Set(seen.texts).count == 20)
            #expect(seen.texts.filter { $0 == "0" }.count == 2)
            #expect(try await channel.messageCount("q") == 0)
        }
    }

    @Test func readsAStreamFromAMomentAndGoesOnWhereItWas() async throws {
        try await withQueue(["x-queue-type": .string("stream")]) { channel, broker in
            try await fill(channel, 0..<10)
            let seen = Seen()
            let configuration = Consumer.Configuration(
                try broker.configuration("stream"), queue: "q", prefetch: 20,
                streamOffset: .timestamp(Date(timeIntervalSinceNow: -600)))
            try await withConsumer(configuration) { batch in
                seen.add(batch)
                return [.requeue]
            } _: { consumer in
                try await eventually { seen.count == 10 }
                try await eventually { try await broker.closeConnections("stream") > 0 }
                try await eventually { !consumer.isSubscribed }
                try await fill(channel, 10..<15)
                try await eventually { seen.count == 15 }
            }
            #expect(seen.texts == (0..<15).map { "\($0)" })
            #expect(seen.all.map(\.streamOffset) == (0..<15).map { Int64($0) })

            let later = Seen()
            var fromNow = configuration
            fromNow.streamOffset = .timestamp(Date(timeIntervalSinceNow: 5))
            try await withConsumer(fromNow) { batch in
                later.add(batch)
                return [.ack]
            } _: { consumer in
                try await eventually { consumer.isSubscribed }
                try await fill(channel, 15..<16)
                try await eventually { later.count > 0 }
            }
            #expect(later.texts == ["15"])
        }
    }

    @Test func aMissingRightEndsItAtOnce() async throws {
        var configuration = try TestBroker(name: "%2F").configuration()
        configuration.address.user = "nobody"
        let consumer = Consumer(.init(configuration, queue: "q"), logger: quiet)
        await #expect { try await consumer.run { _ in [] } } throws: { ($0 as? BrokerError)?.kind == .authentication }
    }
}
