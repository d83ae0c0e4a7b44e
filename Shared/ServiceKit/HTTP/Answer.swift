import ContractKit
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore

/// What goes back to the client.
struct Answer: Sendable {
    var status: Int
    var headers = HTTPFields()
    var body: Data
    /// Held until a file has gone out.
    private var lease: FileLease?

    init(status: Int, body: Data) {
        self.status = status
        self.body = body
        if !body.isEmpty { headers[.contentType] = "application/json" }
        headers[.cacheControl] = "no-store"
    }

    init(_ output: some Encodable, status: Int) throws {
        self.init(status: status, body: output is NoContent ? Data() : try JSON.encode(output))
        if let versioned = output as? any Versioned {
            headers[.eTag] = versioned.entityTag
            headers[.cacheControl] = "private, no-cache"
        }
    }

    /// A file, to be saved and neither shown nor guessed at: what is in it was made by others.
    init(_ file: FileContent, _ lease: FileLease) {
        self.init(status: 200, body: file.bytes)
        self.lease = lease
        headers[.contentType] = file.type.rawValue
        headers[.contentDisposition] = "attachment; filename=\"file.\(file.type.nameExtension)\""
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "private, no-store"
    }

    init(_ problem: Problem) {
        // A problem is made of texts and numbers: it always encodes.
        self.init(status: problem.status, body: (try? JSON.encode(problem)) ?? Data())
        headers[.contentType] = "application/problem+json"
        if let seconds = problem.retryAfter { headers[.retryAfter] = String(seconds) }
        if problem.isA(.insufficientScope) { headers[.wwwAuthenticate] = #"Bearer error="insufficient_scope""# }
        if problem.status == 401 {
            // RFC 9470 for the first.
            headers[.wwwAuthenticate] =
                problem.isA(.stepUpRequired) ? #"Bearer error="insufficient_user_authentication", max_age=300"# : "Bearer"
        }
        // The rest of a body that nobody reads must not be taken for the next request.
        if problem.status == 413 || problem.status == 408 { headers[.connection] = "close" }
    }

    /// The headers that a replay of this answer repeats.
    var keptHeaders: [String: String] {
        [HTTPField.Name.contentType, .eTag, .location, .cacheControl, .wwwAuthenticate].reduce(into: [:]) { kept, name in
            if let value = headers[name] { kept[name.rawName] = value }
        }
    }

    var response: Response {
        Response(status: .init(code: status), headers: headers, body: body.isEmpty ? ResponseBody() : lease.map(leased) ?? whole)
    }

    private var whole: ResponseBody { ResponseBody(byteBuffer: ByteBuffer(bytes: body)) }

    private func leased(_ lease: FileLease) -> ResponseBody {
        ResponseBody(contentLength: body.count) { [body] writer in
            try await writer.write(ByteBuffer(bytes: body))
            try await writer.finish(nil)
            withExtendedLifetime(lease) {}
        }
    }
}
