import AsyncHTTPClient
import ContractKit
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Master keys in HashiCorp Vault, or what speaks its protocol: the versions of an exportable key of the transit engine.
///
/// `vault write -f transit/keys/palestra/rotate` is all of a rotation: the new version is taken up by itself, and seals once every process
/// has it. The versions are exported into the memory of the services and never written anywhere, so that a page of a hundred people costs
/// no call to Vault; whoever takes away the token, seals Vault or cuts it off makes everything unreadable after one lease.
///
/// A second key, `palestra-index`, keys the blind indexes; its first version is the one that counts, so rotating it changes nothing.
///
/// Source: the transit engine's HTTP API, `GET transit/keys/:name` and `GET transit/export/encryption-key/:name`.
public struct VaultTransit: KeyProvider {
    public let lease: Duration?
    private let address: String
    private let mount: String
    private let key: String
    private let tokenFile: String
    private let namespace: String?
    private let caFile: String?

    /// - Parameters:
    ///   - address: `https://vault.example.com:8200`; plain `http` to this machine only.
    ///   - key: At most 18 characters: with a version it names the key.
    ///   - tokenFile: Read at each look, because agents renew it.
    ///   - lease: For how long services go on when Vault is silent.
    /// - Throws: ``FieldEncryptionError``.
    public init(
        address: String, mount: String = "transit", key: String = "palestra", tokenFile: String, namespace: String? = nil,
        caFile: String? = nil, lease: Duration = .seconds(300)
    ) throws {
        guard let url = URL(string: address), let host = url.host(), url.query() == nil, url.user() == nil,
            url.scheme == "https" || url.scheme == "http" && ["127.0.0.1", "::1", "localhost"].contains(host)
        else { throw FieldEncryptionError.keys("Vault's address is not an https address, nor one of this machine") }
        for name in [mount, key] where name.isEmpty || !name.utf8.allSatisfy(Self.isPlain) || name.utf8.count > 18 {
            throw FieldEncryptionError.keys("mount and key are 1 to 18 letters, digits, dashes and underscores")
        }
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        (self.mount, self.key, self.tokenFile, self.namespace) = (mount, key, tokenFile, namespace)
        (self.caFile, self.lease) = (caFile, lease)
    }

    public func masterKeys() async throws -> MasterKeys { try await masterKeys(now: Date()) }

    func masterKeys(now: Date) async throws -> MasterKeys {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try configuration())
        do {
            let state = try await get("keys/\(key)", of: State.self, by: client)
            let exported = try await get("export/encryption-key/\(key)", of: Exported.self, by: client)
            let indexes = try await get("export/encryption-key/\(key)-index", of: Exported.self, by: client)
            try await client.shutdown()
            return try Self.masterKeys(state, exported, index: indexes.key("\(key)-index", 1), named: key, now: now)
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private static func masterKeys(
        _ state: State, _ exported: Exported, index: MasterKeys.Key, named name: String, now: Date
    ) throws -> MasterKeys {
        let versions = exported.keys.keys.compactMap(Int.init).sorted(by: >)
        let keys = try versions.map { try exported.key(name, $0) }
        let settled = versions.firstIndex { version in
            state.keys["\(version)"].map { now.timeIntervalSince1970 - $0 >= MasterKeys.handover } ?? false
        }
        // All of them new: the oldest is the one that everybody has.
        return try MasterKeys(keys, sealing: settled ?? keys.count - 1, index: index)
    }

    private func get<Content: Decodable>(_ path: String, of type: Content.Type, by client: HTTPClient) async throws -> Content {
        var request = HTTPClientRequest(url: "\(address)/v1/\(mount)/\(path)")
        guard let token = try? String(contentsOfFile: tokenFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines),
            !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw FieldEncryptionError.keys("the file of Vault's token cannot be read") }
        request.headers.add(name: "X-Vault-Token", value: token)
        // Vault asks for it where somebody could make a browser send requests.
        request.headers.add(name: "X-Vault-Request", value: "true")
        if let namespace { request.headers.add(name: "X-Vault-Namespace", value: namespace) }
        let body: ByteBuffer
        do {
            let response = try await client.execute(request, timeout: .seconds(5))
            guard response.status == .ok else {
                throw FieldEncryptionError.keys("Vault answered \(response.status.code) to \(mount)/\(path)")
            }
            body = try await response.body.collect(upTo: 1 << 20)
        } catch let error as FieldEncryptionError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw FieldEncryptionError.keys("Vault does not answer")
        }
        guard let answer = try? JSONDecoder().decode(Answer<Content>.self, from: Data(body.readableBytesView)) else {
            throw FieldEncryptionError.keys("Vault's answer to \(mount)/\(path) cannot be read")
        }
        return answer.data
    }

    private func configuration() throws -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let caFile { tls.trustRoots = .file(caFile) }
        // A redirect would carry the token to another host.
        return HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private struct Answer<Content: Decodable>: Decodable { var data: Content }
    private struct State: Decodable {
        /// When each version was made, in seconds since 1970.
        var keys: [String: Double]
    }
    private struct Exported: Decodable {
        var keys: [String: String]

        func key(_ name: String, _ version: Int) throws -> MasterKeys.Key {
            guard let bytes = keys["\(version)"].flatMap({ Data(base64Encoded: $0) }) else {
                throw FieldEncryptionError.keys("Vault gives out no version \(version) of \(name)")
            }
            return MasterKeys.Key(id: "\(name):v\(version)", bytes: bytes)
        }
    }
}
