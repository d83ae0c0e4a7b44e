import ContractKit
import Foundation

/// What a browser says of the page that asked, which the signature covers by its hash (WebAuthn 5.8.1).
struct ClientData: Sendable {
    enum Kind: String {
        case create = "webauthn.create"
        case get = "webauthn.get"
    }

    /// In bytes: pages do not add to it, browsers may.
    static let limit = 4096

    let kind: String
    let challenge: String
    let origin: String

    /// Nil for what no browser says, and for a page within a page of somebody else's.
    init?(_ data: Data) {
        guard data.count <= Self.limit, case .object(let members)? = try? JSON.decode(JSONValue.self, from: data),
            case .string(let kind)? = members["type"], case .string(let challenge)? = members["challenge"],
            case .string(let origin)? = members["origin"], members["topOrigin"] == nil,
            [nil, .bool(false)].contains(members["crossOrigin"])
        else { return nil }
        (self.kind, self.challenge, self.origin) = (kind, challenge, origin)
    }
}
