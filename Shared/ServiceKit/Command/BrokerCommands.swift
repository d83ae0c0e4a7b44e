import ArgumentParser
import ContractKit
import Foundation
import Logging
import Messaging
import Postgres

struct TopologyCommand<S: PalestraService>: PlainCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "topology", abstract: "Declare the service's queues at the broker and prove that they keep messages")
    }

    @Flag(help: "Only look whether they are there") var check = false

    func work(_ installation: Installation) async throws {
        let topology = Topology(service: S.Contract.self, hears: S.hears)
        let (broker, logger) = (try installation.broker(), try installation.startLogging())
        if check { try await topology.check(broker, logger: logger) } else { try await topology.declare(broker, logger: logger) }
        print("\(S.Contract.name): the topology is complete")
    }
}

struct DeadLettersCommand<S: PalestraService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "dead-letters", abstract: "The events that the service gave up",
            subcommands: [List.self, Replay.self, Discard.self], defaultSubcommand: List.self)
    }

    private static func letters(_ installation: Installation, _ logger: Logger) throws -> DeadLetters {
        DeadLetters(service: S.Contract.name, broker: try installation.broker(), logger: logger)
    }

    private static func selection(_ ids: [String]) throws -> DeadLetters.Selection {
        if ids.isEmpty { return .all }
        let uuids = ids.compactMap { UUID(uuidString: $0) }
        guard uuids.count == ids.count else { throw SettingError("--id must be the UUID of an event") }
        return .events(Set(uuids))
    }

    struct List: PlainCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "list", abstract: "Show the oldest, one a line")
        }

        @Option(help: "How many at most, 1 to 10,000") var limit = 100

        func work(_ installation: Installation) async throws {
            for letter in try await DeadLettersCommand.letters(installation, installation.startLogging()).list(limit: limit) {
                let id = letter.eventID?.lowercaseText ?? "-"
                print(
                    [
                        String(letter.position), id, letter.type ?? "-", letter.subject ?? "-", letter.reaction ?? "-",
                        letter.attempts.map(String.init) ?? "-", letter.firstFailedAt.map(Moment.text) ?? "-", letter.reason ?? "-",
                    ].joined(separator: "\t"))
            }
        }
    }

    struct Replay: PlainCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "replay", abstract: "Try them again, once their cause is mended")
        }

        @Option(help: "Only this event; may be repeated") var id: [String] = []

        func work(_ installation: Installation) async throws {
            let selection = try DeadLettersCommand.selection(id)
            let logger = try installation.startLogging()
            let database = Database(try installation.database(), logger: logger)
            let count = try await DeadLettersCommand.letters(installation, logger).replay(selection, database: database)
            await database.close()
            print("\(S.Contract.name): \(count) sent again")
        }
    }

    struct Discard: PlainCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "discard", abstract: "Throw them away for good")
        }

        @Option(help: "Only this event; may be repeated") var id: [String] = []
        @Flag(help: "Every one of them") var all = false

        func validate() throws {
            guard all != !id.isEmpty else { throw ValidationError("Say which: --id, or --all") }
        }

        func work(_ installation: Installation) async throws {
            let count = try await DeadLettersCommand.letters(installation, installation.startLogging()).discard(
                DeadLettersCommand.selection(id))
            print("\(S.Contract.name): \(count) thrown away")
        }
    }
}

struct OutboxCommand<S: PalestraService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "outbox", abstract: "The events that the service has said", subcommands: [Replay.self])
    }

    struct Replay: PlainCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "replay", abstract: "Say events of the last hour again; who handled them ignores them")
        }

        @Option(help: "From when on, such as 2026-03-01T10:00:00Z") var since: String

        func work(_ installation: Installation) async throws {
            guard let moment = Moment.date(since) else { throw SettingError("--since must be a moment such as 2026-03-01T10:00:00Z") }
            let database = Database(try installation.database(), logger: try installation.startLogging())
            let count = try await OutboxReplay(database: database).replay(since: moment)
            await database.close()
            print("\(S.Contract.name): \(count) will be said again")
        }
    }
}
