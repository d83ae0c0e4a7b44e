import ContractKit
import Foundation
import HTTPTypes
import Postgres

/// That somebody is shown members' data: a row for each member, in the transaction that reads it.
///
/// A page of twenty invoices of five members is five rows of one request: "who saw this member?" is a look into an index then. Ids in one
/// array could be indexed as well, but not behind row-level security, whose indexes ask by leakproof operators only.
struct AccessLog: Sendable {
    private let data: MemberData
    private let operation: String
    private let caller: Caller
    private let kind: AccessKind
    private let purpose: AccessPurpose
    private let origin: Origin

    /// Nil for operations that show no members' data. - Throws: 422 for a purpose or a kind of access that there is not.
    init?<O: APIOperation>(_ call: Call<O>, _ exchange: Exchange) throws {
        guard let data = O.reads, let caller = call.optionalCaller else { return nil }
        (self.data, self.caller, operation, origin) = (data, caller, O.name, call.origin)
        kind = try exchange.word("Access-Kind", .accessKind) ?? O.accessKind
        purpose = try exchange.word("Access-Purpose", .accessPurpose) ?? .operations
    }

    /// Goes along with COMMIT: whoever is answered has been written down for good.
    func note(_ output: some Sendable, in tx: Transaction) throws {
        guard let shown = (output as? any ShowsMembers)?.shown, !shown.isEmpty else { return }
        let ids = Dictionary(grouping: shown, by: \.memberID).mapValues { seen in
            seen.compactMap(\.id).map { JSONValue.string($0.lowercaseText) }
        }
        let members = ids.keys.sorted { $0.description < $1.description }
        let values = try members.map { member in
            let ids = ids[member] ?? []
            let what: [String: JSONValue] = ids.isEmpty ? [:] : ["ids": .array(ids)]
            return String(decoding: try JSON.encode(JSONValue.object(what)), as: UTF8.self)
        }
        tx.later(
            """
            insert into audit_log
                (organization_id, action, actor_id, by, record_type, record_id, new_values, address, user_agent, request, access, purpose,
                login_session_id)
            select \(caller.organizationID)::uuid, 'read', \(caller.personID)::uuid, \(operation)::text, \(data)::text, member,
                nullif(seen, '{}'), nullif(\(origin.address)::text, '')::inet, nullif(\(origin.userAgent)::text, ''),
                \(origin.requestID)::text, \(kind)::audit_access, \(purpose)::audit_purpose, \(caller.loginSessionID)::uuid
            from unnest(\(members)::uuid[], \(values)::jsonb[]) as shown (member, seen)
            """)
    }
}

extension Exchange {
    /// A header whose value is one of some words; nil when it is not there.
    fileprivate func word<Word: Words>(_ name: String, _ field: HTTPField.Name) throws -> Word? {
        guard let value = headers[field] else { return nil }
        if let word = Word(rawValue: value.trimming(" \t").lowercased()) { return word }
        throw Problem.invalid(name, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}

extension HTTPField.Name {
    fileprivate static let accessKind = named("Access-Kind")
    fileprivate static let accessPurpose = named("Access-Purpose")
}
