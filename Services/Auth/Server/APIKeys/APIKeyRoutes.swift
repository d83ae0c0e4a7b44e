import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var apiKeyEndpoints: [Endpoint] {
        [
            Endpoint.handle(CreateAPIKey.self, createAPIKey),
            Endpoint.handle(ListAPIKeys.self, listAPIKeys),
            Endpoint.handle(RevokeAPIKey.self, revokeAPIKey),
            Endpoint.handle(GetKeyToken.self, getKeyToken),
        ]
    }

    @Sendable private func createAPIKey(_ call: Call<CreateAPIKey>, _ tx: Transaction) async throws -> CreateAPIKey.Output {
        try call.body.check(now: call.now)
        let caller = try call.caller
        let key = APIKey(
            id: APIKeyID(now: call.now), name: call.body.name, scopes: call.body.scopes, personID: caller.personID, createdAt: call.now,
            expiresAt: call.body.expiresAt)
        let secret = APIKeySecret(caller.organizationID, key.id, ring: apiKeys.ring)
        try await apiKeys.insert(key, secret, in: tx)
        return CreateAPIKey.Output(key: key, clientSecret: secret.text)
    }

    @Sendable private func listAPIKeys(_ call: Call<ListAPIKeys>, _ tx: Transaction) async throws -> Page<APIKey> {
        try await apiKeys.list(call.caller.organizationID, cursor: call.input.cursor, limit: call.input.limit ?? .standard, in: tx)
    }

    @Sendable private func revokeAPIKey(_ call: Call<RevokeAPIKey>, _ tx: Transaction) async throws -> NoContent {
        guard try await apiKeys.revoke(call.input.apiKeyID, of: call.caller.organizationID, now: call.now, in: tx) else {
            throw Problem.notFound
        }
        return NoContent()
    }

    @Sendable private func getKeyToken(_ call: Call<GetKeyToken>, _ tx: Transaction) async throws -> GetKeyToken.Output {
        guard let secret = APIKeySecret(call.body.clientSecret.rawValue, ring: apiKeys.ring), secret.keyID == call.body.clientID else {
            throw Problem(.invalidClient)
        }
        try await tx.enter(Tenant(secret.organizationID))
        guard let key = try await apiKeys.use(secret, now: call.now, in: tx) else { throw Problem(.invalidClient) }
        if try await organizations.standing(of: secret.organizationID, in: tx)?.standing != .active {
            throw Problem(.organizationSuspended)
        }
        let scopes = try key.granted(call.body.scope)
        let lifetime = key.lifetime(atMost: TokenIssuer.longestLifetime, now: call.now)
        let token = try await loginSessions.issuer.accessToken(
            for: key.personID, in: secret.organizationID, roles: key.roles, locations: key.locationIDs,
            loginSession: LoginSessionID(rawValue: secret.keyID.rawValue), scopes: scopes, lifetime: lifetime, now: call.now)
        return GetKeyToken.Output(
            accessToken: token, expiresIn: lifetime, scope: scopes.map(\.rawValue).joined(separator: " "))
    }
}
