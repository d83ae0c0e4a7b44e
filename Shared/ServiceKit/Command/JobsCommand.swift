import ArgumentParser
import ContractKit
import Postgres

struct JobsCommand<S: PalestraService>: PlainCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "jobs", abstract: "What the service does by itself: when next, and how it went")
    }

    func work(_ installation: Installation) async throws {
        let database = Database(try installation.database(), logger: try installation.startLogging())
        let states: [JobStore.State] = try await database.transaction(readOnly: true) { tx in try await tx.query(JobStore.states) }
        await database.close()
        for state in states {
            let finished = state.finishedAt.map { "finished \(Moment.text($0))" } ?? "never finished"
            let next = state.isRunning ? "runs now" : "next \(Moment.text(state.nextRunAt))"
            let failures = state.failures == 0 ? "" : "failed \(state.failures) times in a row, the last with \(state.lastError ?? "-")"
            print([S.Contract.name, state.name, finished, next, failures].joined(separator: "\t"))
        }
    }
}
