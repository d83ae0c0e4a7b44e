import AMQP
import Foundation
import Testing

@Suite struct MemoryTests {
    /// In bytes.
    private func residentMemory() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(pages[1])) * 4096
    }

    /// The library allocates every frame from a pool that only its user empties.
    @Test func staysLevelOverManyMessages() async throws {
        try await withBroker { broker in
            let channel = TopologyChannel(try broker.configuration(), logger: quiet)
            try await channel.declareQueue("q")
            let count = Box(0)
            var samples: [Int] = []
            let configuration = Consumer.Configuration(try broker.configuration(), queue: "q", prefetch: 500, maximumBatch: 100)
            try await withPublisher(try broker.configuration()) { publisher in
                try await withConsumer(configuration) { batch in
                    count.change { $0 += batch.count }
                    return batch.map { _ in .ack }
                } _: { _ in
                    let body = Data(repeating: 7, count: 512)
                    for round in 1...100 {
                        let messages = (0..<1000).map { number in
                            Message(
                                exchange: "", routingKey: "q", body: body, messageID: "\(round)-\(number)",
                                headers: ["round": .int(Int64(round))])
                        }
                        let outcomes = try await publisher.publish(messages)
                        #expect(outcomes.allSatisfy { $0 == .confirmed })
                        try await eventually { count.value >= (round - 1) * 1000 }
                        if round.isMultiple(of: 20) { samples.append(try residentMemory()) }
                    }
                    try await eventually { count.value == 100_000 }
                }
            }
            await channel.close()
            let (first, last) = (try #require(samples.first), try #require(samples.last))
            // A pool that nobody empties would hold the 80 MB that came and went between the two.
            #expect(last - first < 30_000_000, "resident bytes after each 20,000 messages: \(samples)")
            print("resident bytes after each 20,000 messages: \(samples)")
        }
    }
}
