import ContractKit
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore

/// One request on its way through the service.
struct Exchange: Sendable {
    let serviceName: String
    /// Path and query as they came.
    let target: String
    let query: Substring
    let pathParameters: [String: String]
    let headers: HTTPFields
    let body: RequestBody
    let requestID: String
    /// The client's address as the edge saw it.
    let address: String
    let state: RequestState

    /// The name that the client came by, as the edge saw it, without its port; nil for addresses and local names.
    var host: HostName? {
        headers[.forwardedHost].flatMap { HostName(rawValue: String($0.prefix { $0 != ":" })) }
    }

    /// Reads the body of an operation that has one.
    ///
    /// - Parameter lease: Grows with what comes; nil where it need not.
    /// - Throws: 415 for another media type, 413 over `limit`. What the client is too slow to send ends in a 408.
    func collectBody(upTo limit: Int, optional: Bool, kind: BodyKind, lease: FileLease?) async throws -> Data {
        let declared = headers[.contentLength].flatMap { Int($0) }
        if let declared, declared > limit { throw Problem(.contentTooLarge, detail: "At most \(limit) bytes") }
        let isAbsent = declared == 0 || (declared == nil && headers[.transferEncoding] == nil)
        guard kind != .other, headers[.contentEncoding] == nil else {
            if optional, isAbsent, headers[.contentType] == nil { return Data() }
            throw Problem(.unsupportedMediaType)
        }
        if isAbsent { return Data() }
        var bytes = Data()
        // Of a file, only what has come takes room.
        if lease == nil { bytes.reserveCapacity(declared ?? 0) }
        state.enter(.reading)
        for try await part in body {
            // A chunked body says its length nowhere; count before keeping.
            guard bytes.count + part.readableBytes <= limit else { throw Problem(.contentTooLarge, detail: "At most \(limit) bytes") }
            try lease?.take(part.readableBytes)
            bytes.append(contentsOf: part.readableBytesView)
        }
        try Task.checkCancellation()
        state.enter(.working)
        return bytes
    }
}

enum MediaType {
    static func isJSON(_ field: String?) -> Bool { matches(field, "application/json") }
    static func isForm(_ field: String?) -> Bool { matches(field, "application/x-www-form-urlencoded") }

    /// Whether it is `type`, with UTF-8 as the only character set.
    private static func matches(_ field: String?, _ type: String) -> Bool {
        guard let field else { return false }
        let parts = field.lowercased().split(separator: ";", omittingEmptySubsequences: false).map { $0.trimming(" \t") }
        guard let first = parts.first, first == type else { return false }
        return parts.dropFirst().allSatisfy { parameter in
            !parameter.hasPrefix("charset=") || parameter.dropFirst("charset=".count).trimming("\"") == "utf-8"
        }
    }
}

extension HTTPField.Name {
    static let idempotencyKey = named("Idempotency-Key")
    static let idempotentReplayed = named("Idempotent-Replayed")
    static let requestID = named("Request-Id")
    static let requestTimeout = named("Request-Timeout-Ms")
    static let forwardedHost = named("X-Forwarded-Host")
    static let forwardedFor = named("X-Forwarded-For")
    static let traceparent = named("traceparent")

    /// For names that are known to be names.
    static func named(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no header name") }
        return name
    }
}
