import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var appConfigEndpoints: [Endpoint] {
        [
            platform(ListAppConfig.self) { _, _, tx in ListAppConfig.Output(data: try await appConfig.list(in: tx)) },
            platform(SetAppConfig.self, set),
        ]
    }

    @Sendable private func set(_ call: Call<SetAppConfig>, _ admin: PlatformAdminRow, _ tx: Transaction) async throws -> AppConfigEntry {
        let (key, value) = (call.input.key, call.body.value)
        if let refusal = key.refusal(of: value) { throw Problem.invalid("#/value", refusal) }
        guard let before = try await appConfig.find(key, locked: true, in: tx) else { throw Problem.notFound }
        try before.check(call.expectedVersion)
        let description = call.body.description ?? before.description
        guard value != before.value || description != before.description else { return before }
        return try await appConfig.save(key, value, description: description, now: call.now, in: tx)
    }
}

extension Job {
    /// Whoever starts listens to the last ten minutes.
    static let saidAppConfig = Job("said-app-config", every: .seconds(240)) { run in
        try await run.transaction { tx in try await AppConfigStore().sayAll(in: tx) }
    }
}
