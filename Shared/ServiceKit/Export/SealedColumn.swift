public import ContractKit
import FieldEncryption
import Foundation
import Postgres

/// A column whose values are sealed, and what opens them.
public struct SealedColumn: Sendable {
    /// A row that a value stands in.
    public struct Place: Sendable {
        public let organizationID: OrganizationID
        let row: JSONValue

        /// What another column of the row says, an id say: empty when it says nothing.
        public func text(_ column: String) -> String {
            guard case .string(let text)? = row[column] else { return "" }
            return text
        }
    }

    enum Key: Sendable {
        case installation
        /// That of the person whom a column of the row names.
        case person(String)
    }

    public let name: String
    let key: Key
    let isJSON: Bool
    let context: @Sendable (Place) -> String

    /// Sealed under the installation's key.
    public static func ring(_ name: String, context: @escaping @Sendable (Place) -> String) -> SealedColumn {
        SealedColumn(name: name, key: .installation, isJSON: false, context: context)
    }

    /// Sealed under a person's own key.
    ///
    /// - Parameters:
    ///   - column: Where the row says whose.
    ///   - isJSON: Whether what is sealed is JSON.
    public static func person(
        _ name: String, of column: String, isJSON: Bool = false, context: @escaping @Sendable (Place) -> String
    ) -> SealedColumn {
        SealedColumn(name: name, key: .person(column), isJSON: isJSON, context: context)
    }
}

/// Opens rows that are handed out. What nobody can read any more is null: whoever's key is gone is erased, and copies that came with events
/// may be under a master key that has gone since.
struct RowOpener: Sendable {
    let service: String
    let organizationID: OrganizationID
    let ring: KeyRing
    /// Of the person whose rows come one after the other.
    private var last: (person: PersonID, key: DataKey?)?

    init(service: String, organizationID: OrganizationID, ring: KeyRing) {
        (self.service, self.organizationID, self.ring) = (service, organizationID, ring)
    }

    /// - Throws: ``FieldEncryptionError``.
    mutating func opened(_ row: String, of table: PersonalTable, in tx: Transaction) async throws -> String {
        guard !table.sealed.isEmpty, case .object(var members) = try JSON.decode(JSONValue.self, from: Data(row.utf8)) else { return row }
        let place = SealedColumn.Place(organizationID: organizationID, row: .object(members))
        for column in table.sealed {
            guard case .string(let text)? = members[column.name] else { continue }
            guard let plain = try await opened(Self.bytes(text), column, place, in: tx) else {
                members[column.name] = .null
                continue
            }
            members[column.name] = column.isJSON ? try JSON.decode(JSONValue.self, from: Data(plain.utf8)) : .string(plain)
        }
        return String(decoding: try JSON.encode(JSONValue.object(members)), as: UTF8.self)
    }

    private mutating func opened(
        _ sealed: Data, _ column: SealedColumn, _ place: SealedColumn.Place, in tx: Transaction
    ) async throws -> String? {
        switch column.key {
        case .installation:
            do { return try ring.open(SealedText(sealed), context: column.context(place)) } catch FieldEncryptionError.unknownKey {
                return nil
            }
        case .person(let whose):
            guard let person = PersonID(place.text(whose)) else { return nil }
            if last?.person != person {
                last = (person, try await PersonKeys(ring, service: service).find(organizationID, person, in: tx))
            }
            return try last?.key?.open(sealed, context: column.context(place))
        }
    }

    /// As PostgreSQL writes `bytea` in JSON, or as events carry what is sealed.
    private static func bytes(_ text: String) -> Data {
        guard text.hasPrefix("\\x") else { return Data(base64Encoded: text) ?? Data() }
        let digits = text.dropFirst(2).compactMap { digit in digit.hexDigitValue.map { UInt8($0) } }
        return Data(stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }
}
