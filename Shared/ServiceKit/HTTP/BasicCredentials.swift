import ContractKit
import Foundation
import HTTPTypes

/// Client credentials by HTTP Basic, as an OAuth client sends them where it is not told otherwise (RFC 6749, section 2.3.1).
struct BasicCredentials: Sendable {
    private let encoded: Substring

    /// Nil where the client proves itself by something else, or by nothing.
    init?(_ headers: HTTPFields) {
        let parts = headers[.authorization]?.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false) ?? []
        guard parts.first?.lowercased() == "basic" else { return nil }
        encoded = parts.count > 1 ? parts[1] : ""
    }

    /// What the client would have sent in the form; both are encoded for one before they are put together.
    ///
    /// - Throws: ``Problem`` 400 for what is not two fields of a form.
    var form: Data {
        get throws(Problem) {
            guard let bytes = Data(base64Encoded: String(encoded)), let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
                !bytes.contains(UInt8(ascii: "&"))
            else { throw Problem(.badRequest, detail: "The field Authorization is not as HTTP Basic has it") }
            return Data("client_id=".utf8) + bytes[..<colon] + Data("&client_secret=".utf8) + bytes[(colon + 1)...]
        }
    }

    /// How somebody is refused who tried this way.
    static let challenge = #"Basic realm="Palestra""#
}
