import CCurl
import Dispatch
import Foundation

/// Sends mail over SMTP with libcurl, on a thread of its own: the library blocks until the server has answered.
final class Mailer: Sendable {
    private let url: String
    let from: String
    private let queue = DispatchQueue(label: "palestra.mailer")

    /// - Parameters:
    ///   - url: `smtp://host:port` or `smtps://...`; user and password may stand in it and are never logged.
    ///   - from: the sender's bare address.
    init(url: String, from: String) {
        self.url = url
        self.from = from
        // Once for the process, before any handle: curl's own rule. Later calls only count.
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }

    /// What became of an attempt. The server's words may hold the address and stay out.
    struct Failure: Error, Sendable {
        /// The SMTP status, 0 when there was none.
        var status: Int
        var curlCode: UInt32
        /// The server said no for good; another attempt would be refused as well.
        var isPermanent: Bool { (500..<600).contains(status) }
    }

    func send(_ message: Data, to recipient: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { [url, from] in
                continuation.resume(with: Result { try Self.transfer(message, url: url, from: from, to: recipient) })
            }
        }
    }

    /// What is left to hand to the library.
    private final class Source {
        var rest: Data
        init(_ data: Data) { rest = data }
    }

    private static func transfer(_ message: Data, url: String, from: String, to recipient: String) throws {
        guard let handle = curl_easy_init() else { throw Failure(status: 0, curlCode: 0) }
        defer { curl_easy_cleanup(handle) }
        let recipients = curl_slist_append(nil, "<\(recipient)>")
        defer { curl_slist_free_all(recipients) }
        let source = Source(message)
        _ = palestra_curl_set_string(handle, CURLOPT_URL, url)
        _ = palestra_curl_set_long(handle, CURLOPT_PROTOCOLS, Int(CURLPROTO_SMTP | CURLPROTO_SMTPS))
        _ = palestra_curl_set_string(handle, CURLOPT_MAIL_FROM, "<\(from)>")
        _ = palestra_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
        _ = palestra_curl_set_long(handle, CURLOPT_UPLOAD, 1)
        _ = palestra_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = palestra_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, 5)
        _ = palestra_curl_set_long(handle, CURLOPT_TIMEOUT, 30)
        _ = palestra_curl_set_read(
            handle,
            { buffer, size, count, context in
                guard let buffer, let context else { return 0 }
                let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
                let part = source.rest.prefix(size * count)
                part.withUnsafeBytes { bytes in
                    UnsafeMutableRawBufferPointer(start: buffer, count: size * count).copyMemory(from: bytes)
                }
                source.rest = source.rest.dropFirst(part.count)
                return part.count
            }, Unmanaged.passUnretained(source).toOpaque())
        let code = withExtendedLifetime(source) { curl_easy_perform(handle) }
        guard code == CURLE_OK else {
            var status = 0
            _ = palestra_curl_response_code(handle, &status)
            throw Failure(status: status, curlCode: code.rawValue)
        }
    }
}
