import AsyncHTTPClient
import ContractKit
import Foundation
import NIOCore
import NIOHTTP1

/// Calls of providers: to safe addresses only, without following them elsewhere, for small answers that come soon.
enum ProviderHTTP {
    /// The provider, or the way to it, is away for the moment.
    struct Away: Error {}

    /// One for the process: opened by the first call.
    private static let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))
    private static let limit = 256 << 10

    static func get(_ address: String) async throws -> Data {
        let (status, body) = try await send(HTTPClientRequest(url: address))
        guard status == 200 else { throw Away() }
        return body
    }

    /// - Parameter login: Name and password for HTTP's own way.
    static func post(_ address: String, form: [(String, String)], login: (String, String)?) async throws -> (status: Int, body: Data) {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        if let (name, password) = login {
            // RFC 6749, section 2.3.1: encoded as a form's values, then as that way has it.
            let pair = Data("\(escaped(name)):\(escaped(password))".utf8).base64EncodedString()
            request.headers.add(name: "Authorization", value: "Basic \(pair)")
        }
        request.body = .bytes(ByteBuffer(string: form.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")))
        return try await send(request)
    }

    private static func send(_ request: HTTPClientRequest) async throws -> (status: Int, body: Data) {
        guard ProviderSettings.isSafe(request.url) else { throw Away() }
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        do {
            let response = try await client.execute(request, timeout: .seconds(5))
            let body = try await response.body.collect(upTo: limit)
            return (Int(response.status.code), Data(body.readableBytesView))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Away()
        }
    }

    static func escaped(_ text: String) -> String {
        let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
