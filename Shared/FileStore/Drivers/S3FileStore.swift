import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOHTTP1

/// Files in a bucket of Amazon S3, or of what speaks its protocol (MinIO, Ceph, Garage): `PUT`, `GET` and `DELETE` of single objects.
public struct S3FileStore: FileStore {
    private let base: String
    private let host: String
    private let path: String
    private let credentials: S3Credentials
    private let limit: Int
    private let now: @Sendable () -> Date

    /// One for the process: opened by the first call.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        // Whoever asks is told at once, and comes back.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// - Parameters:
    ///   - endpoint: `https://s3.eu-central-1.amazonaws.com`; plain `http` to this machine only.
    ///   - bucket: Empty where the endpoint's host names it.
    ///   - limit: The longest object that is read, in bytes.
    /// - Throws: ``FileStoreError/away(_:)`` that says what is wrong with them.
    public init(
        endpoint: String, bucket: String, region: String, accessKeyID: String, secretAccessKey: String, limit: Int,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws {
        guard let url = URLComponents(string: endpoint), let host = url.host, !host.isEmpty, url.user == nil, url.query == nil,
            url.path.isEmpty || url.path == "/",
            url.scheme == "https" || url.scheme == "http" && ["127.0.0.1", "[::1]", "localhost"].contains(host)
        else { throw FileStoreError.away("S3's endpoint is not an https address without a path, nor one of this machine") }
        guard bucket.utf8.count <= 63, bucket.utf8.allSatisfy(Self.isPlain), region.utf8.allSatisfy(Self.isPlain), !region.isEmpty else {
            throw FileStoreError.away("bucket and region are lower-case letters, digits, dashes and dots")
        }
        self.host = url.port.map { "\(host):\($0)" } ?? host
        base = "\(url.scheme ?? "")://\(self.host)"
        path = bucket.isEmpty ? "" : "/\(bucket)"
        credentials = S3Credentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, region: region)
        (self.limit, self.now) = (limit, now)
    }

    public func write(_ sealed: Data, to object: UUID) async throws {
        let (status, _) = try await send(.PUT, object, sealed)
        guard status == 200 else { throw FileStoreError.away("S3 answered \(status) to PUT") }
    }

    public func read(_ object: UUID) async throws -> Data {
        let (status, body) = try await send(.GET, object, Data())
        // A bucket that is not there is 404 as well.
        if status == 404, body.range(of: Data("<Code>NoSuchKey</Code>".utf8)) != nil { throw FileStoreError.missing }
        guard status == 200 else { throw FileStoreError.away("S3 answered \(status) to GET") }
        return body
    }

    public func remove(_ object: UUID) async throws {
        let (status, _) = try await send(.DELETE, object, Data())
        guard [200, 204].contains(status) else { throw FileStoreError.away("S3 answered \(status) to DELETE") }
    }

    private func send(_ method: HTTPMethod, _ object: UUID, _ body: Data) async throws -> (status: UInt, body: Data) {
        let target = "\(path)/\(object.uuidString.lowercased())"
        let signature = S3Signature(credentials, now: now())
        let hash = S3Signature.hash(body)
        let signed = ["host": host, "x-amz-content-sha256": hash, "x-amz-date": signature.moment]
        var request = HTTPClientRequest(url: base + target)
        request.method = method
        for (name, value) in signed where name != "host" { request.headers.add(name: name, value: value) }
        request.headers.add(
            name: "Authorization", value: signature.authorization(method.rawValue, path: target, headers: signed, payloadHash: hash))
        if method == .PUT {
            request.headers.add(name: "Content-Type", value: "application/octet-stream")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await Self.client.execute(request, timeout: .seconds(60))
            let body = try await response.body.collect(upTo: limit)
            return (response.status.code, Data(body.readableBytesView))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw FileStoreError.away("S3 does not answer")
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
