import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// Lends an identity provider that listens on a free loopback port.
public func withProvider<Result: Sendable>(
    _ algorithm: ProviderSigner.Algorithm = .es256, _ body: @Sendable (ProviderStandIn) async throws -> Result
) async throws -> Result {
    try await withTemporaryDirectory { folder in
        let provider = try await ProviderStandIn.start(algorithm, in: folder)
        do {
            let result = try await body(provider)
            await provider.stop()
            return result
        } catch {
            await provider.stop()
            throw error
        }
    }
}

/// An OpenID provider, as far as services call it: its document, its keys, and codes for tokens, which it gives to whoever has the client's
/// secret and the verifier, once. What a person does in the browser is ``authorize(_:as:claims:header:by:)``.
public final class ProviderStandIn: Sendable {
    private struct Grant: Sendable {
        var challenge: String
        var redirectURL: String
        var idToken: String
    }

    private struct State: Sendable {
        var signer: ProviderSigner
        var grants: [String: Grant] = [:]
        var issuer = ""
        var requests: [String] = []
        var isAway = false
        /// What the document says in place of the truth.
        var lies: [String: String] = [:]
    }

    public static let clientID = "palestra & sons"
    public static let redirectURL = "https://gym.example/sign-in/acme"
    private static let clientSecret = "s3cret: of+the client"

    private let state: NIOLockedValueBox<State>
    private let channel: any Channel
    /// What `OIDC_PROVIDERS_FILE` names: this provider as `acme`.
    public let settingsFile: String
    public let issuer: String

    fileprivate static func start(_ algorithm: ProviderSigner.Algorithm, in folder: TemporaryDirectory) async throws -> ProviderStandIn {
        let state = NIOLockedValueBox(State(signer: try ProviderSigner(algorithm, id: "k1")))
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler { Self.answer($0, $1, state) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let issuer = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
        state.withLockedValue { $0.issuer = issuer }
        let secret = try folder.write(clientSecret + "\n", to: "client-secret").path
        let settings = """
            {"providers":[{"name":"acme","title":"Acme","issuer":"\(issuer)","client_id":"\(clientID)","client_secret_file":"\(secret)",
            "redirect_url":"\(redirectURL)","scopes":["openid","email"]}]}
            """
        return ProviderStandIn(state, channel, issuer: issuer, settingsFile: try folder.write(settings, to: "providers.json").path)
    }

    private init(_ state: NIOLockedValueBox<State>, _ channel: any Channel, issuer: String, settingsFile: String) {
        (self.state, self.channel, self.issuer, self.settingsFile) = (state, channel, issuer, settingsFile)
    }

    /// Somebody says yes at the address that the service sent them to.
    ///
    /// - Parameters:
    ///   - subject: Who they are there.
    ///   - claims: In place of the true ones; nil leaves one out.
    ///   - header: In place of the true members.
    ///   - signer: In place of the provider's own.
    /// - Returns: What the browser brings back.
    public func authorize(
        _ address: String, as subject: String, claims: [String: (any Sendable)?] = [:], header: [String: String] = [:],
        by signer: ProviderSigner? = nil
    ) throws -> (code: String, state: String) {
        let items = URLComponents(string: address)?.queryItems ?? []
        let query = Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
        guard address.hasPrefix("\(issuer)/authorize?"), query["response_type"] == "code", query["client_id"] == Self.clientID,
            query["redirect_uri"] == Self.redirectURL, query["code_challenge_method"] == "S256", let challenge = query["code_challenge"],
            challenge.utf8.count == 43, query["scope"]?.split(separator: " ").contains("openid") == true, let nonce = query["nonce"],
            let state = query["state"]
        else { throw TestSupportError("no authorization request: \(address)") }
        let now = Int(Date().timeIntervalSince1970)
        var all: [String: any Sendable] = [
            "iss": issuer, "sub": subject, "aud": Self.clientID, "nonce": nonce, "iat": now, "exp": now + 300,
            "email": "\(subject)@example.com", "email_verified": true,
        ]
        for (name, value) in claims { all[name] = value }
        let token = try (signer ?? self.state.withLockedValue { $0.signer }).sign(all, header: header)
        let code = UUID().uuidString
        self.state.withLockedValue {
            $0.grants[code] = Grant(challenge: challenge, redirectURL: Self.redirectURL, idToken: token)
        }
        return (code, state)
    }

    /// Signs with another key from now on; the old one is published no more.
    public func rotate(to id: String) throws {
        let algorithm = state.withLockedValue { $0.signer.algorithm }
        let signer = try ProviderSigner(algorithm, id: id)
        state.withLockedValue { $0.signer = signer }
    }

    public func expireCodes() { state.withLockedValue { $0.grants = [:] } }
    public func goAway(_ isAway: Bool = true) { state.withLockedValue { $0.isAway = isAway } }
    public func lie(_ member: String, _ value: String) { state.withLockedValue { $0.lies[member] = value } }
    /// Paths that were asked for.
    public var requests: [String] { state.withLockedValue { $0.requests } }
    /// Nobody listens any more.
    public func stop() async { try? await channel.close() }

    private static func answer(_ head: HTTPRequestHead, _ body: String, _ box: NIOLockedValueBox<State>) -> (HTTPResponseStatus, String) {
        let state = box.withLockedValue { state in
            state.requests.append(head.uri)
            return state
        }
        if state.isAway { return (.serviceUnavailable, "{}") }
        switch (head.method, head.uri) {
        case (.GET, "/.well-known/openid-configuration"):
            let members = [
                "issuer": state.issuer, "authorization_endpoint": "\(state.issuer)/authorize", "token_endpoint": "\(state.issuer)/token",
                "jwks_uri": "\(state.issuer)/keys",
            ].merging(state.lies) { $1 }
            return (.ok, "{\(members.map { #""\#($0)":"\#($1)""# }.joined(separator: ","))}")
        case (.GET, "/keys"):
            // One of a sort that nobody here knows stands beside it, as it does elsewhere.
            guard let key = try? state.signer.published() else { return (.internalServerError, "{}") }
            return (.ok, #"{"keys":[{"kty":"OKP","crv":"X999","kid":"k0","x":"AA"},\#(key)]}"#)
        case (.POST, "/token"): return box.withLockedValue { token(head, body, &$0) }
        default: return (.notFound, "{}")
        }
    }

    private static func token(_ head: HTTPRequestHead, _ body: String, _ state: inout State) -> (HTTPResponseStatus, String) {
        let pairs = body.split(separator: "&").map { pair in
            pair.split(separator: "=", maxSplits: 1).map { $0.replacing("+", with: " ").removingPercentEncoding ?? "" }
        }
        let form = Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
        let login = (head.headers.first(name: "Authorization") ?? "").dropFirst("Basic ".count)
        let words = String(decoding: Data(base64Encoded: String(login)) ?? Data(), as: UTF8.self).split(separator: ":")
            .map { $0.removingPercentEncoding ?? "" }
        guard words == [clientID, clientSecret] else { return (.unauthorized, #"{"error":"invalid_client"}"#) }
        // A code is good once.
        guard form["grant_type"] == "authorization_code", let code = form["code"], let grant = state.grants.removeValue(forKey: code),
            form["redirect_uri"] == grant.redirectURL, ProviderSigner.challenge(form["code_verifier"] ?? "") == grant.challenge
        else { return (.badRequest, #"{"error":"invalid_grant"}"#) }
        return (.ok, #"{"access_token":"of-no-use","token_type":"Bearer","expires_in":300,"id_token":"\#(grant.idToken)"}"#)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let answer: @Sendable (HTTPRequestHead, String) -> (HTTPResponseStatus, String)
        private var head: HTTPRequestHead?
        private var body = ""

        init(_ answer: @escaping @Sendable (HTTPRequestHead, String) -> (HTTPResponseStatus, String)) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, "")
            case .body(let bytes): body += String(buffer: bytes)
            case .end:
                guard let head else { return }
                let (status, text) = answer(head, body)
                let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": "\(text.utf8.count)"]
                context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
