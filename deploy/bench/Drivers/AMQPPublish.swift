import AMQP
import ArgumentParser
import Foundation
import Logging

/// Persistent messages of 512 bytes to one queue, in windows of 100: each is sent whole and all its confirms awaited.
struct AMQPPublish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "amqp-publish")
    @OptionGroup var load: Load
    @Argument(help: "The broker, amqp://user:password@host:port/vhost.") var url: String
    @Argument(help: "The queue, which is there.") var queue: String

    func run() async throws {
        let configuration = BrokerConfiguration(try BrokerAddress(url), connectionName: "bench publisher")
        let publisher = Publisher(configuration, logger: Logger(label: "bench"))
        let running = Task { try await publisher.run() }
        let body = Data(repeating: UInt8(ascii: "x"), count: 512)
        var sent = 0
        func publish(_ time: Duration) async throws -> Double {
            let (start, before) = (ContinuousClock.now, sent)
            while .now - start < time {
                let window = (sent..<sent + 100).map { number in
                    Message(exchange: "", routingKey: queue, body: body, messageID: Self.id(number))
                }
                guard try await publisher.publish(window).allSatisfy({ $0 == .confirmed }) else { throw BenchError.unconfirmed }
                sent += 100
            }
            return Double(sent - before) / ((ContinuousClock.now - start) / .seconds(1))
        }
        _ = try await publish(.seconds(load.seconds / 5))
        try report(["per_second": try await publish(.seconds(load.seconds))])
        await publisher.close()
        try await running.value
    }

    private static func id(_ number: Int) -> String {
        let digits = String(number)
        return "0192f0c1-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}

enum BenchError: Error {
    case unconfirmed
    case nothingWaits
    case left(Int)
}
