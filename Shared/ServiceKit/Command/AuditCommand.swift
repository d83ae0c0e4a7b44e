import ArgumentParser
import ContractKit
import Foundation
import Postgres

struct AuditCommand<S: PalestraService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "audit", abstract: "The log of who changed what, and who saw whose data", subcommands: [Verify.self])
    }

    struct Verify: PlainCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "verify", abstract: "Compare every row with its seal; name the first that does not fit, and fail")
        }

        func work(_ installation: Installation) async throws {
            let database = Database(try installation.database(), logger: try installation.startLogging())
            let outcome: Result<AuditVerification.Result, any Error>
            do { outcome = .success(try await AuditVerification(database: database).run()) } catch { outcome = .failure(error) }
            await database.close()
            let result = try outcome.get()
            let digest = result.digest.map { String(format: "%02x", $0) }.joined()
            print("\(S.Contract.name): \(result.rows) rows fit their \(result.seals) seals, the last of which is \(digest)")
            if result.blank > 0 { print("\(S.Contract.name): \(result.blank) rows were blanked when people were erased") }
            if result.unsealed > 0 { print("\(S.Contract.name): at most \(result.unsealed) rows wait for a seal") }
        }
    }
}
