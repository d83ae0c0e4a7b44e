public import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// Lends a key service whose only key is as old as can be wished.
public func withVault<Result: Sendable>(_ body: @Sendable (VaultStandIn) async throws -> Result) async throws -> Result {
    try await withTemporaryDirectory { folder in
        let vault = try await VaultStandIn.start(in: folder)
        vault.rotate(at: Date(timeIntervalSince1970: 0))
        do {
            let result = try await body(vault)
            await vault.stop()
            return result
        } catch {
            await vault.stop()
            throw error
        }
    }
}

/// The transit engine of HashiCorp Vault, as far as key providers call it: tokens, versions, rotation, export, sealing. It speaks HTTP on a
/// free loopback port.
public final class VaultStandIn: Sendable {
    private struct State: Sendable {
        var versions: [(bytes: Data, createdAt: Date)] = []
        var oldestVersion = 1
        let indexKey = VaultStandIn.newKey()
        var isSealed = false
        var token = "hvs.\(UUID().uuidString)"
    }

    private let state: NIOLockedValueBox<State>
    private let channel: any Channel
    /// A file with the token, as an agent keeps it.
    public let tokenFile: String

    public var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    fileprivate static func start(in folder: TemporaryDirectory) async throws -> VaultStandIn {
        let state = NIOLockedValueBox(State())
        let tokenFile = try folder.write(state.withLockedValue { $0.token } + "\n", to: "vault-token").path
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler { Self.answer($0, state) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return VaultStandIn(state, channel, tokenFile: tokenFile)
    }

    private init(_ state: NIOLockedValueBox<State>, _ channel: any Channel, tokenFile: String) {
        (self.state, self.channel, self.tokenFile) = (state, channel, tokenFile)
    }

    /// Makes the next version, as `POST transit/keys/palestra/rotate` does.
    public func rotate(at moment: Date) {
        state.withLockedValue { $0.versions.append((Self.newKey(), moment)) }
    }

    /// Older versions are not given out any more, as `min_decryption_version` has it.
    public func retireVersions(before version: Int) { state.withLockedValue { $0.oldestVersion = version } }
    public func seal() { state.withLockedValue { $0.isSealed = true } }
    public func unseal() { state.withLockedValue { $0.isSealed = false } }
    /// Whoever has the old token is refused.
    public func revokeToken() { state.withLockedValue { $0.token = UUID().uuidString } }
    /// Nobody listens any more.
    public func stop() async { try? await channel.close() }

    private static func newKey() -> Data { Data((0..<32).map { _ in UInt8.random(in: 0...255) }) }

    private static func answer(_ head: HTTPRequestHead, _ state: NIOLockedValueBox<State>) -> (HTTPResponseStatus, String) {
        let state = state.withLockedValue { $0 }
        if state.isSealed { return (.serviceUnavailable, #"{"errors":["Vault is sealed"]}"#) }
        guard head.headers["X-Vault-Token"] == [state.token] else { return (.forbidden, #"{"errors":["permission denied"]}"#) }
        let versions = state.versions.enumerated().map { ($0.offset + 1, $0.element) }.filter { $0.0 >= state.oldestVersion }
        let members =
            switch head.uri {
            case "/v1/transit/keys/palestra": versions.map { #""\#($0.0)":\#(Int($0.1.createdAt.timeIntervalSince1970))"# }
            case "/v1/transit/export/encryption-key/palestra": versions.map { #""\#($0.0)":"\#($0.1.bytes.base64EncodedString())""# }
            case "/v1/transit/export/encryption-key/palestra-index": [#""1":"\#(state.indexKey.base64EncodedString())""#]
            default: [String]()
            }
        guard !members.isEmpty else { return (.notFound, #"{"errors":[]}"#) }
        let keys = members.joined(separator: ",")
        return (.ok, #"{"request_id":"\#(UUID())","data":{"name":"palestra","type":"aes256-gcm96","keys":{\#(keys)}}}"#)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let answer: @Sendable (HTTPRequestHead) -> (HTTPResponseStatus, String)
        private var head: HTTPRequestHead?

        init(_ answer: @escaping @Sendable (HTTPRequestHead) -> (HTTPResponseStatus, String)) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body: break
            case .end:
                guard let head else { return }
                let (status, text) = answer(head)
                let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": "\(text.utf8.count)"]
                context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
