public import AsyncHTTPClient
public import ContractKit
public import Foundation
import NIOCore
import NIOHTTP1

/// Carries requests. Apps that want URLSession, or tests that want none, bring their own.
public protocol Transport: Sendable {
    /// - Throws: ``TransportError`` when no answer came.
    func send(_ request: TransportRequest) async throws -> TransportAnswer
}

public struct TransportRequest: Sendable {
    public var method: ContractKit.Method
    public var url: String
    public var headers: [String: String] = [:]
    public var body: Data?
    public var timeout: Duration

    public init(method: ContractKit.Method, url: String, timeout: Duration) {
        self.method = method
        self.url = url
        self.timeout = timeout
    }
}

public struct TransportAnswer: Sendable {
    public var status: Int
    /// By lower-case name.
    public var headers: [String: String]
    public var body: Data

    public init(status: Int, headers: [String: String] = [:], body: Data) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// No answer came. Whether the request arrived is unknown.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    /// Whether a repeat may do better: connections that were refused or broke, not addresses that make no sense.
    public let isPassing: Bool
    public let description: String

    public init(isPassing: Bool, _ description: String) {
        self.isPassing = isPassing
        self.description = description
    }
}

/// HTTP by AsyncHTTPClient.
public struct AsyncHTTPTransport: Transport {
    private let client: HTTPClient
    /// What an answer may weigh at most, in bytes.
    private let limit: Int

    public init(client: HTTPClient = .shared, limit: Int = 32 << 20) {
        self.client = client
        self.limit = limit
    }

    public func send(_ request: TransportRequest) async throws -> TransportAnswer {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body { message.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await client.execute(message, timeout: TimeAmount(request.timeout))
            let body = try await response.body.collect(upTo: limit)
            return TransportAnswer(
                status: Int(response.status.code),
                headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + ", " + $1 },
                body: Data(body.readableBytesView))
        } catch let error as CancellationError {
            throw error
        } catch let error as HTTPClientError where [.invalidURL, .emptyHost, .emptyScheme, .cancelled].contains(error) {
            throw TransportError(isPassing: false, "\(error)")
        } catch {
            throw TransportError(isPassing: true, "\(error)")
        }
    }
}
