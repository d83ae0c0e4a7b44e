import Crypto
import Foundation
import ServiceKit

/// A password as it is stored.
struct PasswordHash: Sendable, Equatable {
    /// `$2b$12$...`, 60 characters.
    var text: String
    var pepperID: String

    /// The cost it was made with.
    var cost: Int? {
        let parts = text.split(separator: "$")
        return parts.count == 3 ? Int(parts[1]) : nil
    }
}

/// Secrets that go into every password hash and are not in the database: hashes alone are of no use to whoever copies it.
struct Peppers: Sendable {
    private let keys: [(id: String, key: SymmetricKey)]

    /// Lines `kid base64`; the first is used for new hashes, the others only check.
    init(_ text: String) throws {
        keys = try text.split(separator: "\n").compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty || words[0].hasPrefix("#") { return nil }
            guard words.count == 2, let key = Data(base64Encoded: String(words[1])), key.count >= 32 else {
                throw SettingError("PASSWORD_PEPPER_FILE: a line is not a key id and at least 32 bytes in base64")
            }
            return (String(words[0]), SymmetricKey(data: key))
        }
        if keys.isEmpty { throw SettingError("PASSWORD_PEPPER_FILE: there is no key in the file") }
    }

    /// The key id for new hashes.
    var current: String { keys[0].id }

    /// 64 ASCII bytes that depend on every character of the password, so that nothing is cut at bcrypt's 72 bytes and no NUL ends
    /// it early. NFKC: the same password typed on another keyboard is the same. Nil for a pepper that is not here.
    func phrase(_ password: String, pepperID: String) -> [UInt8]? {
        guard let key = keys.first(where: { $0.id == pepperID })?.key else { return nil }
        let composed = Data(password.precomposedStringWithCompatibilityMapping.utf8)
        return Array(Data(HMAC<SHA384>.authenticationCode(for: composed, using: key)).base64EncodedData())
    }
}
