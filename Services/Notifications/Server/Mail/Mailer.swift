import CCurl
import Dispatch
import Foundation
import Synchronization

/// Sends mail over SMTP with libcurl, on a thread of its own: the library blocks until the server has answered.
final class Mailer: Sendable {
    private let url: String
    let from: MailSender
    private let queue = DispatchQueue(label: "palestra.mailer")

    /// - Parameters:
    ///   - url: `smtp://host:port` or `smtps://...`; user and password may stand in it and are never logged.
    ///     With them TLS is required, without them it is used where the server offers it.
    init(url: String, from: MailSender) {
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
        /// The server's last word was on this mail, and not on us before it had seen one.
        var isAboutMail: Bool

        /// The server said no for good; another attempt would be refused as well. That we must sign in, or did so in vain, is
        /// a matter of settings: mail waits for them to be put right.
        var isPermanent: Bool { isAboutMail && (500..<600).contains(status) && ![530, 534, 535, 538].contains(status) }
        /// Nobody answered: so it would be for every other mail now.
        var isServerAway: Bool { status == 0 }
    }

    /// Returns when the server has taken the mail. Cancelled, it gives the server three more seconds to do so: a mail whose
    /// answer nobody waited for goes out twice.
    func send(_ message: Data, to recipient: String) async throws {
        let attempt = Attempt(message)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                queue.async { [url, from] in
                    continuation.resume(with: Result { try Self.transfer(attempt, url: url, from: from.address, to: recipient) })
                }
            }
        } onCancel: {
            attempt.end.withLock { $0 = .now + .seconds(3) }
        }
    }

    /// What curl asks about while it works.
    private final class Attempt: Sendable {
        /// What is left to hand to the library.
        let rest: Mutex<Data>
        let begun = Mutex(false)
        /// When to give up, once somebody wants us to.
        let end = Mutex<ContinuousClock.Instant?>(nil)

        init(_ message: Data) { rest = Mutex(message) }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            begun.withLock { $0 = true }
            return rest.withLock { rest in
                let part = rest.prefix(buffer.count)
                part.withUnsafeBytes { buffer.copyMemory(from: $0) }
                rest = rest.dropFirst(part.count)
                return part.count
            }
        }

        var isOver: Bool { end.withLock { $0.map { $0 < .now } ?? false } }
    }

    private static func transfer(_ attempt: Attempt, url: String, from: String, to recipient: String) throws {
        guard let handle = curl_easy_init() else { throw Failure(status: 0, curlCode: 0, isAboutMail: false) }
        defer { curl_easy_cleanup(handle) }
        let recipients = curl_slist_append(nil, "<\(recipient)>")
        defer { curl_slist_free_all(recipients) }
        let tls = URLComponents(string: url)?.user == nil ? CURLUSESSL_TRY : CURLUSESSL_ALL
        let context = Unmanaged.passUnretained(attempt).toOpaque()
        _ = palestra_curl_set_string(handle, CURLOPT_URL, url)
        _ = palestra_curl_set_long(handle, CURLOPT_PROTOCOLS, Int(CURLPROTO_SMTP | CURLPROTO_SMTPS))
        _ = palestra_curl_set_long(handle, CURLOPT_USE_SSL, Int(tls.rawValue))
        _ = palestra_curl_set_string(handle, CURLOPT_MAIL_FROM, "<\(from)>")
        _ = palestra_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
        _ = palestra_curl_set_long(handle, CURLOPT_UPLOAD, 1)
        _ = palestra_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = palestra_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, 5)
        _ = palestra_curl_set_long(handle, CURLOPT_TIMEOUT, 30)
        // Also of the goodbye after an attempt that was given up, which has no other limit and would take two minutes.
        _ = palestra_curl_set_long(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, 30)
        _ = palestra_curl_set_read(
            handle,
            { buffer, size, count, context in
                guard let buffer, let context else { return 0 }
                return Unmanaged<Attempt>.fromOpaque(context).takeUnretainedValue()
                    .read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
            }, context)
        // Asked about every second, also while nothing moves.
        _ = palestra_curl_set_progress(
            handle,
            { context, _, _, _, _ in
                guard let context else { return 0 }
                return Unmanaged<Attempt>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
            }, context)
        let code = withExtendedLifetime(attempt) { curl_easy_perform(handle) }
        guard code == CURLE_OK else {
            var status = 0
            _ = palestra_curl_response_code(handle, &status)
            // Curl says "send error" when the envelope was refused, and the same as for a bad greeting when the text was.
            let isAboutMail = code == CURLE_SEND_ERROR || attempt.begun.withLock(\.self)
            throw Failure(status: status, curlCode: code.rawValue, isAboutMail: isAboutMail)
        }
    }
}
