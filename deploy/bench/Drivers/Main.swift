import ArgumentParser
import Foundation

/// Our side of the measurements that need no service: each command loads a piece of `Shared` and prints one JSON object.
@main
struct PalestraBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "PalestraBench", abstract: "Loads a piece of Palestra and prints what it did, as JSON.",
        subcommands: [AMQPConsume.self, AMQPDeclare.self, AMQPPublish.self, PostgresBooking.self, PostgresSelect.self])
}

/// What every command is told.
struct Load: ParsableArguments {
    @Option(help: "How long to measure, after a fifth of that to warm up.") var seconds: Double = 4
}

/// Prints the result where the bench reads it.
func report(_ figures: [String: Double]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
}
