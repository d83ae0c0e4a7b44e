import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

/// Runs auth over a fresh database, beside a provider that it knows as `acme`.
func withProviderAndAuth(
    _ algorithm: ProviderSigner.Algorithm = .es256,
    _ body: @escaping @Sendable (ServiceUnderTest, TestDatabase, ProviderStandIn) async throws -> Void
) async throws {
    try await withProvider(algorithm) { provider in
        try await withDatabase(.auth) { database in
            try await withService(
                AuthService.self, database: database.open(), settings: ["OIDC_PROVIDERS_FILE": provider.settingsFile]
            ) { service in try await body(service, database, provider) }
        }
    }
}

extension ServiceUnderTest {
    static let acme: Slug = Slug(rawValue: "acme")!

    func beginAt(
        _ body: BeginProviderSignIn.Body = .init(), token: String? = nil
    ) async throws -> BeginProviderSignIn.Output {
        try await call(BeginProviderSignIn(name: Self.acme), body: body, token: token)
    }

    func finish(
        _ code: String, _ state: String, iss: String? = nil, token: String? = nil, idempotencyKey: String? = nil
    ) async throws -> SignInAnswer {
        try await call(
            CompleteProviderSignIn(name: Self.acme), body: answer(code, state, iss: iss), token: token, idempotencyKey: idempotencyKey)
    }

    func answer(_ code: String, _ state: String, iss: String? = nil) -> ProviderAnswer {
        ProviderAnswer(
            code: SecretText(rawValue: code)!, state: SecretText(rawValue: state)!, iss: iss.map { WebAddress(rawValue: $0)! })
    }

    /// The whole way round, for somebody whom the provider calls `subject`.
    func signIn(
        at provider: ProviderStandIn, as subject: String, _ body: BeginProviderSignIn.Body = .init(),
        claims: [String: (any Sendable)?] = [:], header: [String: String] = [:], by signer: ProviderSigner? = nil
    ) async throws -> SignInAnswer {
        let begun = try await beginAt(body)
        let brought = try provider.authorize(begun.authorizationURL, as: subject, claims: claims, header: header, by: signer)
        return try await finish(brought.code, brought.state)
    }

    /// Links `subject` to the account behind `token`.
    @discardableResult func link(_ subject: String, at provider: ProviderStandIn, token: String) async throws -> Identity {
        let begun = try await beginAt(.init(link: true), token: token)
        let brought = try provider.authorize(begun.authorizationURL, as: subject)
        return try await call(LinkIdentity(), body: answer(brought.code, brought.state), token: token)
    }

    /// An owner with a proved address and a linked identity. - Returns: the access token.
    func linkedOwner(_ subject: String, at provider: ProviderStandIn, _ database: TestDatabase) async throws -> String {
        let token = try await signUp("iron-temple").tokens.accessToken
        try await verify(database)
        try await link(subject, at: provider, token: token)
        return token
    }
}
