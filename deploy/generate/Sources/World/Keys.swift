import ContractKit
import FieldEncryption
import Foundation

/// The keys of the running copy, from the files that its services read, and the one password of everybody who is made.
struct Keys {
    static let password = "palestra-generated"

    let ring: KeyRing
    let personKeys: PersonKeys
    /// Hashed once: a thousand hashes of the usual cost would take minutes.
    let passwordHash: PasswordHash

    /// - Throws: ``Failure`` or what reading the files throws.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        func value(_ name: String) throws -> String {
            guard let value = environment[name], !value.isEmpty else { throw Failure("\(name) is not set") }
            return value
        }
        ring = try KeyRing(file: value("MASTER_KEYS_FILE"))
        personKeys = PersonKeys(ring, service: "auth")
        let peppers = try Peppers(String(contentsOfFile: value("PASSWORD_PEPPER_FILE"), encoding: .utf8))
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255) }
        guard let cost = Int(environment["PASSWORD_COST"] ?? "12"),
            let phrase = peppers.phrase(Self.password, pepperID: peppers.current),
            let setting = Bcrypt.setting(cost: cost, salt: salt), let text = Bcrypt.hash(phrase, by: setting)
        else { throw Failure("the password cannot be hashed: PASSWORD_COST is 4 to 15") }
        passwordHash = PasswordHash(text: text, pepperID: peppers.current)
    }
}
