import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// A program that cannot run says why in one line that names the setting, and ends.
@Suite struct SettingsTests {
    private func complete(_ keys: TestKeys) -> [String: String] {
        var environment = keys.settings
        environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/palestra"
        environment["AMQP_URL"] = "amqp://nobody:nothing@127.0.0.1:1/palestra"
        environment["HTTP_PORT"] = "0"
        environment["EDGE_PORT"] = "1"
        for service in PalestraSystem.services { environment["\(service.uppercased())_UPSTREAMS"] = "127.0.0.1:1" }
        return environment
    }

    private func says(
        _ name: String, about setting: String, _ environment: [String: String], sourceLocation: SourceLocation = #_sourceLocation
    )
        async throws
    {
        let output = try await PalestraSystem.run(name, environment: environment)
        let lines = output.standardError.split(separator: "\n")
        #expect(output.status == 1, "\(name)", sourceLocation: sourceLocation)
        #expect(
            lines.count == 1 && lines.first?.contains(setting) == true, "\(name): \(output.standardError)", sourceLocation: sourceLocation)
    }

    @Test(arguments: PalestraSystem.services)
    func servicesNameWhatIsMissingOrWrong(service: String) async throws {
        let environment = complete(try await TestKeys.make())
        for name in ["DATABASE_URL", "AMQP_URL", "HTTP_PORT", "TOKEN_KEYS_FILE"] {
            try await says(service, about: name, environment.merging([name: ""]) { $1 })
        }
        try await says(service, about: "HTTP_PORT", environment.merging(["HTTP_PORT": "70000"]) { $1 })
        try await says(service, about: "DATABASE_POOL", environment.merging(["DATABASE_POOL": "many"]) { $1 })
        try await says(service, about: "TOKEN_KEYS_FILE", environment.merging(["TOKEN_KEYS_FILE": "/nowhere"]) { $1 })
        try await says(service, about: "AMQP_URL", environment.merging(["AMQP_URL": "http://nonsense"]) { $1 })
        try await says(service, about: "LOG_LEVEL", environment.merging(["LOG_LEVEL": "loud"]) { $1 })
        try await says(service, about: "DATABASE_URL", environment.merging(["DATABASE_URL": "nonsense"]) { $1 })
    }

    @Test func theOwnSettingsOfServicesAreNamed() async throws {
        let environment = complete(try await TestKeys.make())
        for name in ["TOKEN_SIGNING_KEY_FILE", "PASSWORD_PEPPER_FILE", "MASTER_KEYS_FILE", "FILES_DIRECTORY"] {
            try await says("auth", about: name, environment.merging([name: ""]) { $1 })
        }
        try await says("auth", about: "S3_ENDPOINT", environment.merging(["S3_ENDPOINT": "https://s3.example.com"]) { $1 })
        try await says("auth", about: "FILES_LIMIT", environment.merging(["FILES_LIMIT": "1000000000"]) { $1 })
        try await says("auth", about: "PASSWORD_COST", environment.merging(["PASSWORD_COST": "16"]) { $1 })
        for name in ["SMTP_URL", "MAIL_FROM", "MASTER_KEYS_FILE"] {
            try await says("notifications", about: name, environment.merging([name: ""]) { $1 })
        }
        try await says("workouts", about: "MASTER_KEYS_FILE", environment.merging(["MASTER_KEYS_FILE": ""]) { $1 })
    }

    @Test func theKeyServiceIsNamedWhenItDoesNotAnswer() async throws {
        let keys = try await TestKeys.make()
        var environment = complete(keys)
        environment["VAULT_ADDR"] = "http://127.0.0.1:1"
        environment["VAULT_TOKEN_FILE"] = keys.publicKeys
        for service in ["auth", "notifications"] {
            try await says(service, about: "MASTER_KEYS_FILE and VAULT_ADDR are both set", environment)
            environment["MASTER_KEYS_FILE"] = ""
            try await says(service, about: "VAULT_ADDR: Vault does not answer", environment)
            try await says(service, about: "VAULT_TOKEN_FILE", environment.merging(["VAULT_TOKEN_FILE": "/nowhere"]) { $1 })
            try await says(service, about: "VAULT_ADDR", environment.merging(["VAULT_ADDR": "http://vault.example.com"]) { $1 })
            try await says(service, about: "VAULT_LEASE_SECONDS", environment.merging(["VAULT_LEASE_SECONDS": "1"]) { $1 })
            environment["MASTER_KEYS_FILE"] = keys.settings["MASTER_KEYS_FILE"]
        }
    }

    @Test func theEdgeNamesWhatIsMissingOrWrong() async throws {
        let environment = complete(try await TestKeys.make())
        for name in ["EDGE_PORT", "AUTH_UPSTREAMS", "AMQP_URL", "TOKEN_KEYS_FILE"] {
            try await says("edge", about: name, environment.merging([name: ""]) { $1 })
        }
        try await says("edge", about: "BILLING_UPSTREAMS", environment.merging(["BILLING_UPSTREAMS": "nowhere"]) { $1 })
        try await says("edge", about: "RATE_LIMIT", environment.merging(["RATE_LIMIT": "-1"]) { $1 })
    }
}
