import ContractKit
import Foundation
import HTTPTypes
import Postgres

extension Surroundings {
    /// What every call goes through before anything is done, in this order: token (401), scope and role (403), path (404), query (422),
    /// body (415, 413, 400, 422), conditions.
    ///
    /// - Parameters:
    ///   - bodyLimit: In bytes, where it is less than the operation declares.
    ///   - lease: Grows with the bytes of a file.
    /// - Returns: The call, and its body as it came.
    func admit<O: APIOperation>(
        _ exchange: Exchange, to operation: O.Type, bodyLimit: Int? = nil, lease: FileLease
    ) async throws -> (call: Call<O>, bytes: Data) {
        let caller = try await caller(of: exchange, for: O.self)
        let platformCaller = try await platformCaller(of: exchange, for: O.access)
        if let caller { exchange.state.note(caller) }
        let input = try exchange.parameters(of: O.self)
        let kind = BodyKind(of: O.self, sentAs: exchange.headers[.contentType])
        var bytes =
            O.hasBody
            ? try await exchange.collectBody(
                upTo: min(bodyLimit ?? O.bodyLimit, O.bodyLimit), optional: O.Body.self is any OptionalBody.Type, kind: kind,
                lease: O.takesFile ? lease : nil)
            : Data()
        // From here on they are a part of the body: what is remembered under an idempotency key is one client's.
        if kind == .form, let credentials = BasicCredentials(exchange.headers) { bytes.append(Data("&".utf8) + (try credentials.form)) }
        let call = Call<O>(
            input: input, body: try kind.body(of: O.self, bytes), optionalCaller: caller, platformCaller: platformCaller,
            now: now(), requestID: exchange.requestID, expectedVersion: O.route.method.writes ? try exchange.expectedVersion() : nil,
            address: exchange.address, userAgent: exchange.headers[.userAgent] ?? "",
            host: O.access == .everyone ? exchange.host : nil)
        return (call, bytes)
    }

    /// Operations that everyone may call belong to no organization until their handler enters one.
    func tenant<O>(of call: Call<O>) -> Tenant? {
        guard O.access != .everyone, let caller = call.optionalCaller else { return nil }
        return caller.tenant(isNarrowed: !O.route.method.writes)
    }
}

/// How a body is to be read.
enum BodyKind: Equatable {
    case json
    case form
    case file(FileType)
    /// Of a media type that the operation does not take, or of none.
    case other

    init<O: APIOperation>(of operation: O.Type, sentAs field: String?) {
        if O.takesFile {
            let type = field.flatMap { FileType(rawValue: $0.lowercased()) }
            self = type.flatMap { O.fileTypes.contains($0) ? .file($0) : nil } ?? .other
        } else if O.takesForm, MediaType.isForm(field) {
            self = .form
        } else {
            self = MediaType.isJSON(field) ? .json : .other
        }
    }

    /// - Parameter bytes: None where a body may be left out, and is.
    func body<O: APIOperation>(of operation: O.Type, _ bytes: Data) throws -> O.Body {
        if let nothing = NoBody() as? O.Body { return nothing }
        if case .file(let type) = self, let file = FileContent(type, bytes) as? O.Body { return file }
        if self == .form {
            guard let text = String(validating: bytes, as: UTF8.self) else { throw Problem(.badRequest, detail: "The body is not UTF-8") }
            return try Parameters.decode(O.Body.self, from: Exchange.queryParameters(text[...]))
        }
        do {
            return try JSON.decode(O.Body.self, from: bytes.isEmpty && O.Body.self is any OptionalBody.Type ? Data("{}".utf8) : bytes)
        } catch is JSON.Malformed {
            throw Problem(.malformedJSON)
        }
    }
}
