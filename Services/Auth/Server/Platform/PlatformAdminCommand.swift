import ArgumentParser
import AuthContract
import ContractKit
import Foundation
import Logging
import Postgres
import ServiceKit

/// The first of those who run the installation cannot be let in by another one.
struct PlatformAdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platform-admin", abstract: "Those who run the installation", subcommands: [Add.self, Reset.self])

    /// Never on a command line, which every process of the machine can read.
    struct NewPassword: ParsableArguments {
        @Option(help: "A file whose first line is the password; otherwise it is read from standard input") var passwordFile: String?

        func read() throws -> Password {
            let text: String?
            if let passwordFile {
                guard let content = FileManager.default.contents(atPath: passwordFile) else {
                    throw SettingError("\(passwordFile) cannot be read")
                }
                text = String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
            } else {
                text = readLine(strippingNewline: true)
            }
            guard let password = text.flatMap(Password.init(rawValue:)) else { throw SettingError("the password \(Password.rule)") }
            return password
        }
    }

    struct Add: PlainCommand {
        typealias S = AuthService

        static let configuration = CommandConfiguration(commandName: "add", abstract: "Let somebody run the installation")

        @Option(help: "What they sign in by") var username: String
        @Option(help: "Where mail reaches them") var email: String
        @OptionGroup var password: NewPassword

        func work(_ installation: Installation) async throws {
            guard let address = EmailAddress(rawValue: email) else { throw SettingError("--email \(EmailAddress.rule)") }
            let name = try PlatformAdminCommand.name(username)
            try await PlatformAdminCommand.change(installation, password, knowing: PasswordRules.words(of: address) + [username]) {
                parts, hash, tx in
                _ = try await parts.platformAdmins.insert(name, address, hash, now: Date(), in: tx)
            }
            print("\(username) can sign in now, and will be asked for a second factor")
        }
    }

    struct Reset: PlainCommand {
        typealias S = AuthService

        static let configuration = CommandConfiguration(
            commandName: "reset", abstract: "Give somebody another password and have them begin a second factor anew")

        @Option(help: "What they sign in by") var username: String
        @OptionGroup var password: NewPassword

        func work(_ installation: Installation) async throws {
            let name = try PlatformAdminCommand.name(username)
            try await PlatformAdminCommand.change(installation, password, knowing: [username]) { parts, hash, tx in
                guard let id = try await parts.platformAdmins.reset(name, hash, now: Date(), in: tx) else {
                    throw SettingError("there is no \(name)")
                }
                try await parts.platformSessions.endAll(of: id, now: Date(), in: tx)
            }
            print("\(username) can sign in with the new password, and will be asked for a new second factor")
        }
    }

    private static func name(_ text: String) throws -> Username {
        guard let name = Username(rawValue: text) else { throw SettingError("--username \(Username.rule)") }
        return name
    }

    private static func change(
        _ installation: Installation, _ password: NewPassword, knowing words: [String],
        _ body: @escaping @Sendable (AuthParts, PasswordHash, Transaction) async throws -> Void
    ) async throws {
        let chosen = try password.read()
        let logger = try installation.startLogging()
        let database = Database(try installation.database(), logger: logger)
        do {
            let parts = try AuthParts(
                ServiceContext(
                    settings: installation.settings, database: database, keys: try await installation.openKeys(), logger: logger))
            let hash = try await parts.hash(chosen: chosen, knowing: words, from: "")
            try await database.transaction { tx in
                try await tx.enter(Tenant(OrganizationID.none))
                try await body(parts, hash, tx)
            }
        } catch let problem as Problem {
            await database.close()
            throw SettingError(problem.errors?.first.map { "the password \($0.detail)" } ?? problem.title)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
