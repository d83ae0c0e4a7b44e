import ArgumentParser

/// The clients of deploy/local faults: a steady load through the edge, and a history of everything that was said.
@main
struct PalestraFaults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "PalestraFaults", abstract: "Loads a Palestra and keeps a history of every answer.", subcommands: [LoadCommand.self])
}
