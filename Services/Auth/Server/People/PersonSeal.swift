import ContractKit
import FieldEncryption
import Foundation

/// Seals the columns of one person's row: each value opens in its own column of its own row only.
struct PersonSeal: Sendable {
    private let key: DataKey
    private let row: String

    init(key: DataKey, _ organization: OrganizationID, _ person: PersonID) {
        self.key = key
        row = "\(organization)/\(person)"
    }

    func seal(_ text: String, _ column: String) throws -> Data { try key.seal(text, context: "auth.people/\(column)/\(row)") }
    func open(_ sealed: Data, _ column: String) throws -> String { try key.open(sealed, context: "auth.people/\(column)/\(row)") }
}
