import ContractKit
import Foundation

/// What a provider says of somebody, as far as it is looked at. Not their address: it proves nothing here.
struct IDTokenClaims: Codable, Sendable {
    var iss: String
    var sub: String
    var aud: Audience
    var azp: String?
    /// Seconds since 1970.
    var exp: Double
    var iat: Double
    var nonce: String?

    /// How far the provider's clock may be from ours, in seconds.
    static let skew = 30.0

    /// OpenID Connect Core, section 3.1.3.7, but for the signature and the nonce.
    func isFor(_ clientID: String, by issuer: String, now: Date) -> Bool {
        let seconds = now.timeIntervalSince1970
        return iss == issuer && (1...255).contains(sub.utf8.count) && aud.names.contains(clientID)
            && (aud.names.count == 1 ? azp == nil || azp == clientID : azp == clientID)
            && exp + Self.skew > seconds && iat - Self.skew <= seconds
    }

    /// One name or several.
    struct Audience: Codable, Sendable {
        var names: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let name = try? container.decode(String.self) { names = [name] } else { names = try container.decode([String].self) }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(names)
        }
    }
}
