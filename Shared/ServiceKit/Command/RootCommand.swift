public import ArgumentParser
import ContractKit
import Foundation

/// The command line of one service.
struct RootCommand<S: PalestraService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: S.Contract.name, abstract: S.Contract.summary,
            subcommands: [
                ServeCommand<S>.self, CheckCommand<S>.self, TopologyCommand<S>.self, DeadLettersCommand<S>.self, OutboxCommand<S>.self,
                JobsCommand<S>.self, AuditCommand<S>.self,
            ] + S.commands,
            defaultSubcommand: ServeCommand<S>.self)
    }
}

/// A command whose failure is one line on standard error and status 1, for people and for whatever started us.
public protocol PlainCommand: AsyncParsableCommand {
    associatedtype S: PalestraService
    /// Does what the command is for; what it throws is said in one line.
    func work(_ installation: Installation) async throws
}

extension PlainCommand {
    public func run() async throws {
        do {
            try await work(Installation(ofThisProcess: S.Contract.name))
        } catch {
            FileHandle.standardError.write(Data("\(S.Contract.name): \(error)\n".utf8))
            throw ExitCode.failure
        }
    }
}

struct ServeCommand<S: PalestraService>: PlainCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "serve", abstract: "Answer requests and react to events until told to stop")
    }

    func work(_ installation: Installation) async throws { try await ServiceProcess<S>(installation).serve() }
}

struct CheckCommand<S: PalestraService>: PlainCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "check", abstract: "Read the settings and say what is missing or wrong; connects to nothing")
    }

    func work(_ installation: Installation) async throws {
        try await ServiceProcess<S>(installation).check()
        print("\(S.Contract.name): the settings are complete")
    }
}
