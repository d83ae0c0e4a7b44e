import ContractKit
import Crypto
import Foundation
import HTTPTypes
import Postgres

/// What the service remembers of a call with an `Idempotency-Key`: enough to answer a repeat, unreadable without the key.
///
/// The row holds a hash of the key, a keyed hash of the request and the answer sealed under the key: answers hold
/// tokens and health data, requests hold passwords, and this table is in every backup. Whoever repeats the request has the key.
struct IdempotencyMemory: Sendable {
    private let row: RowKey
    private let fingerprint: Data
    private let sealingKey: SymmetricKey

    private struct RowKey: Sendable {
        var organizationID: UUID
        var personID: UUID
        var key: String
        var lock: Int64
    }

    init<O: APIOperation>(key: String, exchange: Exchange, operation: O.Type, body: Data, caller: Caller?, platform: PlatformCaller? = nil)
    {
        let secret = SymmetricKey(data: Data(key.utf8))
        let tenant = O.access == .everyone ? nil : caller
        let nobody = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        let hash = SHA256.hash(data: Data(key.utf8)).hex
        let name = tenant == nil ? "\(O.route) \(hash)" : hash
        let (organizationID, personID) = (
            tenant?.organizationID.rawValue ?? nobody, tenant?.personID.rawValue ?? platform?.adminID.rawValue ?? nobody
        )
        // Services may share a database, and with it the space of lock numbers.
        let lock = SHA256.hash(data: Data("\(exchange.serviceName)/\(organizationID)/\(personID)/\(name)".utf8))
            .prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        row = RowKey(organizationID: organizationID, personID: personID, key: name, lock: Int64(bitPattern: lock))
        let request = Data("\(O.route.method.rawValue) \(exchange.target)\n".utf8) + (O.takesFile ? body : Self.canonical(body))
        fingerprint = Data(HMAC<SHA256>.authenticationCode(for: request, using: secret))
        sealingKey = HKDF<SHA256>.deriveKey(inputKeyMaterial: secret, info: Data("idempotent answer".utf8), outputByteCount: 32)
    }

    /// An earlier call with the key was answered, and this one gets the same.
    struct Replay: Error { var answer: Answer }

    /// Takes the key for this transaction, with its first statement, which saves a round trip: what that did in vain is rolled back.
    ///
    /// The statement throws ``Replay`` when an earlier call with the key was answered, ``Problem`` 409 while one is under way,
    /// 422 when the key belongs to another request.
    func begin(in tx: Transaction) {
        // A twin that commits between this statement's snapshot and its lock is not seen here; the primary key then refuses
        // our row, and the transaction is repeated (see `Surroundings.repeating`).
        tx.later(
            """
            with guard as materialized (select pg_try_advisory_xact_lock(\(row.lock)) as free),
                 expired as (
                     delete from idempotency_keys
                     where organization_id = \(row.organizationID) and person_id = \(row.personID) and key = \(row.key)
                       and created_at <= now() - interval '24 hours')
            select guard.free as is_free, k.fingerprint, k.status, k.response, k.headers::text as headers
            from guard
            left join idempotency_keys k
                on k.organization_id = \(row.organizationID) and k.person_id = \(row.personID) and k.key = \(row.key)
               and k.created_at > now() - interval '24 hours'
            """
        ) { (look: Look) in
            if let answer = try answer(look) { throw Replay(answer: answer) }
            guard look.isFree else { throw Problem(.idempotencyInProgress, retryAfter: 1) }
        }
    }

    /// What an earlier call with the key was answered, without taking the key.
    func storedAnswer(in database: Database) async throws -> Answer? {
        let look = try await database.transaction(as: nil, readOnly: true) { tx in
            try await tx.first(
                """
                select true as is_free, fingerprint, status, response, headers::text as headers from idempotency_keys
                where organization_id = \(row.organizationID) and person_id = \(row.personID) and key = \(row.key)
                  and created_at > now() - interval '24 hours'
                """, as: Look.self)
        }
        return try look.flatMap(answer)
    }

    /// Remembers a success or a lasting refusal; it travels with COMMIT. Other refusals are not remembered: a repeat may succeed.
    func store(_ answer: Answer, in tx: Transaction) throws {
        let sealed = try AES.GCM.seal(answer.body, using: sealingKey, authenticating: fingerprint).combined ?? Data()
        let headers = String(decoding: try JSON.encode(answer.keptHeaders), as: UTF8.self)
        tx.later(
            """
            insert into idempotency_keys (organization_id, person_id, key, fingerprint, status, response, headers, created_at)
            values (\(row.organizationID), \(row.personID), \(row.key), \(fingerprint), \(answer.status), \(sealed), \(headers)::jsonb, now())
            """)
    }

    /// The primary key of the table: violated by a twin that committed while this call was under way.
    static let primaryKey = "idempotency_keys_pkey"

    private struct Look: RowReadable {
        var isFree: Bool
        var fingerprint: Data?
        var status: Int?
        var response: Data?
        var headers: String?

        init(reading row: inout RowReader) throws {
            isFree = try row.bool("is_free")
            fingerprint = try row.dataIfAny("fingerprint")
            status = try row.intIfAny("status")
            response = try row.dataIfAny("response")
            headers = try row.stringIfAny("headers")
        }
    }

    private func answer(_ look: Look) throws -> Answer? {
        guard let stored = look.fingerprint, let status = look.status, let response = look.response else { return nil }
        guard stored == fingerprint else { throw Problem(.idempotencyMismatch) }
        let body = try AES.GCM.open(AES.GCM.SealedBox(combined: response), using: sealingKey, authenticating: fingerprint)
        var answer = Answer(status: status, body: body)
        let headers = try look.headers.map { try JSON.decode([String: String].self, from: Data($0.utf8)) } ?? [:]
        for (name, value) in headers { answer.headers[.named(name)] = value }
        answer.headers[.idempotentReplayed] = "true"
        return answer
    }

    /// The same JSON in another order or spacing is the same request.
    private static func canonical(_ body: Data) -> Data {
        guard !body.isEmpty, let value = try? JSON.decode(JSONValue.self, from: body) else { return body }
        return (try? JSON.encode(value)) ?? body
    }
}

extension Job {
    /// Answers are kept for a day.
    static let expiredIdempotencyKeys = deleting("expired-idempotency-keys", every: .seconds(600)) { limit in
        """
        delete from idempotency_keys where ctid = any (array(
            select ctid from idempotency_keys where created_at < now() - interval '24 hours'
            order by created_at limit \(limit) for update skip locked))
        """
    }
}

extension SHA256Digest {
    fileprivate var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension Exchange {
    /// The `Idempotency-Key`, bare or as a quoted string; nil when there is none.
    func idempotencyKey() throws -> String? {
        guard let field = headers[.idempotencyKey] else { return nil }
        var key = Substring(field)
        if key.hasPrefix("\""), key.hasSuffix("\""), key.count >= 2 { key = key.dropFirst().dropLast() }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (33...126).contains($0) && $0 != 34 && $0 != 92 }) else {
            throw Problem(.badRequest, detail: "Idempotency-Key must be 1 to 255 visible ASCII characters, bare or quoted")
        }
        return String(key)
    }
}
