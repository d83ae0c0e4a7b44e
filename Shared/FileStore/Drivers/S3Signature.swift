import Crypto
import Foundation

/// Who signs requests, and for where.
struct S3Credentials: Sendable {
    var accessKeyID: String
    var secretAccessKey: String
    var region: String
}

/// AWS Signature Version 4 in the `Authorization` header, for S3: paths are encoded once. Our own, because the SDKs for Swift bring hundreds of
/// files for these few lines.
///
/// Source: "Authenticating Requests: Using the Authorization Header" of the Amazon S3 API reference.
struct S3Signature {
    let credentials: S3Credentials
    /// `20130524T000000Z`.
    let moment: String

    init(_ credentials: S3Credentials, now: Date) {
        self.credentials = credentials
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: now)
        func two(_ number: Int?) -> String { String(String(100 + (number ?? 0)).suffix(2)) }
        moment =
            "\(parts.year ?? 0)\(two(parts.month))\(two(parts.day))T\(two(parts.hour))\(two(parts.minute))\(two(parts.second))Z"
    }

    /// The value of `Authorization`.
    ///
    /// - Parameters:
    ///   - path: Percent-encoded, as it is sent.
    ///   - query: Names and values, not encoded.
    ///   - headers: All that are signed, by lower-case name; `host`, `x-amz-date` and `x-amz-content-sha256` among them.
    func authorization(
        _ method: String, path: String, query: [(String, String)] = [], headers: [String: String], payloadHash: String
    ) -> String {
        let sorted = headers.sorted { $0.key < $1.key }
        let names = sorted.map(\.key).joined(separator: ";")
        let canonicalQuery = query.map { "\(Self.escaped($0))=\(Self.escaped($1))" }.sorted().joined(separator: "&")
        let request = [
            method, path, canonicalQuery, sorted.map { "\($0.key):\($0.value)\n" }.joined(), names, payloadHash,
        ].joined(separator: "\n")
        let day = String(moment.prefix(8))
        let scope = "\(day)/\(credentials.region)/s3/aws4_request"
        let text = ["AWS4-HMAC-SHA256", moment, scope, Self.hash(Data(request.utf8))].joined(separator: "\n")
        let key = [day, credentials.region, "s3", "aws4_request"].reduce(Data("AWS4\(credentials.secretAccessKey)".utf8)) { key, part in
            Data(HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: SymmetricKey(data: key)))
        }
        let signature = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key))
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope),SignedHeaders=\(names),Signature=\(Self.hex(signature))"
    }

    static func hash(_ bytes: Data) -> String { hex(SHA256.hash(data: bytes)) }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func escaped(_ text: String) -> String {
        let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
