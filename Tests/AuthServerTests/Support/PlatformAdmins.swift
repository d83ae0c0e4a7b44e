import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import TestSupport
import Testing

@testable import AuthServer

extension ServiceUnderTest {
    /// Lets somebody run the installation, as the command does.
    func addPlatformAdmin(_ username: String = "ada-admin", ring: KeyRing? = nil) async throws {
        let ring = try ring ?? KeyRing(file: keys.settings["MASTER_KEYS_FILE"]!)
        let peppers = try Peppers(String(contentsOfFile: keys.settings["PASSWORD_PEPPER_FILE"]!, encoding: .utf8))
        let hash = try await PasswordHasher(peppers: peppers, cost: 4).hash(Self.password.rawValue, from: NetworkPlace("127.0.0.1"))
        _ = try await database.transaction { tx in
            try await PlatformAdminStore(ring: ring).insert(
                Username(rawValue: username)!, EmailAddress(rawValue: "\(username)@palestra.example")!, hash, now: Date(), in: tx)
        }
    }

    /// The first of two steps.
    func beginPlatform(_ username: String = "ada-admin", _ password: String = Self.password.rawValue) async throws -> PlatformTokens {
        try await call(
            PlatformLogin(), body: .init(username: Username(rawValue: username)!, password: EnteredPassword(rawValue: password)!))
    }

    func give(_ code: String, _ begun: PlatformTokens) async throws -> PlatformTokens {
        try await call(GivePlatformSecondFactor(), body: .init(code: SecondFactorCode(rawValue: code)!), token: begun.accessToken)
    }

    /// Both steps for somebody who has no second factor yet. The app's code of this moment is spent then.
    func enrolPlatform(_ username: String = "ada-admin") async throws -> (token: String, app: AuthenticatorApp) {
        let begun = try await beginPlatform(username)
        let app = try AuthenticatorApp(secret: try await call(EnrolPlatformSecondFactor(), token: begun.accessToken).secret)
        return (try await give(app.code(0), begun).accessToken, app)
    }

    /// A token of somebody who runs the installation.
    func platform() async throws -> String {
        try await addPlatformAdmin()
        return try await enrolPlatform().token
    }
}
