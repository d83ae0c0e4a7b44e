import ArgumentParser
import ContractKit
import Foundation

/// The command line of one service.
struct RootCommand<S: PalestraService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: S.Contract.name, abstract: S.Contract.summary,
            subcommands: [
                ServeCommand<S>.self, CheckCommand<S>.self, TopologyCommand<S>.self, DeadLettersCommand<S>.self, OutboxCommand<S>.self,
            ],
            defaultSubcommand: ServeCommand<S>.self)
    }

    /// Runs what the arguments say. What goes wrong is one line on standard error and status 1, for people and for whatever started us.
    static func runAsProcess() async {
        do {
            var command = try parseAsRoot()
            do {
                if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
            } catch where !(error is CleanExit || error is ExitCode || error is ValidationError) {
                FileHandle.standardError.write(Data("\(S.Contract.name): \(error)\n".utf8))
                Self.exit(withError: ExitCode.failure)
            }
        } catch {
            exit(withError: error)
        }
        exit()
    }
}

struct ServeCommand<S: PalestraService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "serve", abstract: "Answer requests and react to events until told to stop")
    }

    func run() async throws { try await ServiceProcess<S>(Installation(ofThisProcess: S.Contract.name)).serve() }
}

struct CheckCommand<S: PalestraService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "check", abstract: "Read the settings and say what is missing or wrong; connects to nothing")
    }

    func run() async throws {
        try await ServiceProcess<S>(Installation(ofThisProcess: S.Contract.name)).check()
        print("\(S.Contract.name): the settings are complete")
    }
}
