import AuthContract
import ContractKit
import Foundation
import Logging
import ServiceKit
import Synchronization

/// One provider: where it asks people, and who it says they are (OpenID Connect, authorization code flow with PKCE).
final class Provider: Sendable {
    let settings: ProviderSettings
    private let logger: Logger
    private let memory = Mutex(Memory())

    /// In seconds.
    private static let documentAge = 3600.0
    /// At most so often for keys that are not known: whoever makes up key ids must not make us ask.
    private static let keysPause = 30.0

    private struct Memory {
        var document: Document?
        var documentAt = Date.distantPast
        var keys: ProviderKeys?
        var keysAt = Date.distantPast
    }

    /// What it says of itself.
    private struct Document: Codable, Sendable {
        var issuer: String
        var authorizationEndpoint: String
        var tokenEndpoint: String
        var jwksUri: String
        var tokenEndpointAuthMethodsSupported: [String]?
    }

    private struct Answer: Codable { var idToken: String }

    init(_ settings: ProviderSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    var shown: SignInProvider { SignInProvider(name: settings.name, title: settings.title) }

    /// Where the browser goes.
    ///
    /// - Throws: ``Problem`` `.unavailable`.
    func authorizationURL(_ secrets: ProviderSecrets, now: Date) async throws -> String {
        let endpoint = try await document(now: now).authorizationEndpoint
        let query = [
            ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", settings.redirectURL),
            ("scope", settings.scopes.joined(separator: " ")), ("state", secrets.state), ("nonce", secrets.nonce),
            ("code_challenge", secrets.challenge), ("code_challenge_method", "S256"),
        ].map { "\($0.0)=\(ProviderHTTP.escaped($0.1))" }
        return endpoint + (endpoint.contains("?") ? "&" : "?") + query.joined(separator: "&")
    }

    /// Trades a code for what the provider says of who got it.
    ///
    /// - Parameter nonceHash: Of the nonce that was sent along.
    /// - Returns: What the provider calls them.
    /// - Throws: ``Problem`` `.oidcFailed` for what is not right, `.unavailable` when the provider does not answer.
    func subject(_ code: String, verifier: String, nonceHash: Data, now: Date) async throws -> String {
        let document = try await document(now: now)
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", settings.redirectURL), ("code_verifier", verifier),
        ]
        let usesHeader = document.tokenEndpointAuthMethodsSupported.map { $0.contains("client_secret_basic") } ?? true
        if !usesHeader { form += [("client_id", settings.clientID), ("client_secret", settings.clientSecret)] }
        let login = usesHeader ? (settings.clientID, settings.clientSecret) : nil
        let (status, body) = try await asked("for a token") {
            try await ProviderHTTP.post(document.tokenEndpoint, form: form, login: login)
        }
        guard status < 500 else { throw away("for a token") }
        guard status == 200, let answer = try? JSON.decode(Answer.self, from: body),
            let claims = try await keys(for: answer.idToken, document, now: now)?.claims(of: answer.idToken),
            claims.isFor(settings.clientID, by: settings.issuer, now: now),
            let nonce = claims.nonce, constantTimeEqual(SignedSecret.hash(nonce), nonceHash)
        else { throw Problem(.oidcFailed) }
        return claims.sub
    }

    private func document(now: Date) async throws -> Document {
        let known = memory.withLock { abs(now.timeIntervalSince($0.documentAt)) < Self.documentAge ? $0.document : nil }
        if let known { return known }
        let issuer = settings.issuer.hasSuffix("/") ? String(settings.issuer.dropLast()) : settings.issuer
        let body = try await asked("for its document") { try await ProviderHTTP.get("\(issuer)/.well-known/openid-configuration") }
        guard let document = try? JSON.decode(Document.self, from: body), document.issuer == settings.issuer,
            [document.authorizationEndpoint, document.tokenEndpoint, document.jwksUri].allSatisfy(ProviderSettings.isSafe)
        else { throw away("for its document") }
        memory.withLock { ($0.document, $0.documentAt) = (document, now) }
        return document
    }

    /// Read again when `token` is signed by a key that is not among them.
    private func keys(for token: String, _ document: Document, now: Date) async throws -> ProviderKeys? {
        guard let id = ProviderKeys.header(of: token)?.id else { return nil }
        let (known, isFresh) = memory.withLock { memory in
            let age = abs(now.timeIntervalSince(memory.keysAt))
            return (memory.keys, age < Self.keysPause || age < Self.documentAge && memory.keys?.contains(id) == true)
        }
        if isFresh { return known }
        let body = try await asked("for its keys") { try await ProviderHTTP.get(document.jwksUri) }
        guard let keys = try? ProviderKeys(body) else { throw away("for its keys") }
        memory.withLock { ($0.keys, $0.keysAt) = (keys, now) }
        return keys
    }

    private func asked<Result>(_ what: String, _ call: () async throws -> Result) async throws -> Result {
        do { return try await call() } catch is ProviderHTTP.Away { throw away(what) }
    }

    private func away(_ what: String) -> Problem {
        logger.warning("a provider did not answer as it should", metadata: ["provider": "\(settings.name)", "asked": "\(what)"])
        return Problem(.unavailable, detail: "The other provider does not answer", retryAfter: 5)
    }
}
