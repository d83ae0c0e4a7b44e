public import ContractKit
import Foundation
public import Postgres

extension Endpoint {
    /// What a service has in its audit log, for those who may ask: in every service the same.
    public static func auditLog<Service: ServiceContract>(of service: Service.Type) -> Endpoint {
        .handle(ListAuditLog<Service>.self) { call, tx in try await tx.auditLog(of: call.caller.organizationID, call.input) }
    }
}

extension Transaction {
    /// A page of what is logged of an organization. The transaction is in it.
    ///
    /// - Throws: ``Problem`` `.validation` for a made-up cursor, or a record's id without its type.
    public func auditLog<Service: ServiceContract>(
        of organization: OrganizationID, _ asked: ListAuditLog<Service>
    ) async throws -> Page<AuditEntry> {
        let limit = asked.limit ?? .standard
        let place = try AuditPlace(asked.cursor)
        if asked.recordID != nil, asked.recordType == nil { throw Problem.invalid("?record_type", "must say what record_id is of") }
        let filters: [SQL?] = [
            asked.actorID.map { "and actor_id = \($0)" }, asked.recordType.map { "and record_type = \($0)" },
            asked.recordID.map { "and record_id = \($0)" }, asked.action.map { "and action = \($0)::audit_action" },
            asked.accessKind.map { "and access = \($0)::audit_access" }, asked.purpose.map { "and purpose = \($0)::audit_purpose" },
            asked.from.map { "and created_at >= \($0)" }, asked.to.map { "and created_at < \($0)" },
            place.map { "and created_at <= \($0.moment)" },
        ]
        let conditions = filters.compactMap(\.self).reduce("") { (all: SQL, one) in "\(all) \(one)" }
        let rows: [AuditRow] = try await query(
            """
            select created_at, action::text as action, actor_id, by, record_type, record_id, old_values::text as old_values,
                new_values::text as new_values, host(address) as address, user_agent, request as request_id, access::text as access,
                purpose::text as purpose
            from audit_log
            where organization_id = \(organization) \(conditions)
            order by created_at desc, seq desc
            limit \((place?.passed ?? 0) + limit.rawValue + 1)
            """)
        let rest = Array(rows.dropFirst(place?.passed ?? 0))
        let page = Array(rest.prefix(limit.rawValue))
        let next = rest.count > page.count ? AuditPlace(behind: page, from: place) : nil
        return Page(data: try page.map { try $0.entry }, nextCursor: next?.cursor.rawValue)
    }
}

/// Where a page begins: at a moment, and behind so many rows of that very moment. Not the row's number, which counts what all organizations
/// do.
private struct AuditPlace {
    let moment: Date
    let passed: Int

    /// Nil without a cursor. - Throws: ``Problem`` `.validation` when a client has made the cursor up.
    init?(_ cursor: Cursor?) throws {
        guard let cursor else { return nil }
        guard let moment = cursor.date(0), let passed = cursor.text(1).flatMap(Int.init), (0...10_000).contains(passed) else {
            throw Problem.invalid("?cursor", Cursor.rule)
        }
        (self.moment, self.passed) = (moment, passed)
    }

    init?(behind page: [AuditRow], from place: AuditPlace?) {
        guard let last = page.last else { return nil }
        let before = place.map { $0.moment == last.createdAt ? $0.passed : 0 } ?? 0
        (moment, passed) = (last.createdAt, before + page.reversed().prefix { $0.createdAt == last.createdAt }.count)
    }

    var cursor: Cursor { Cursor(moment, String(passed)) }
}

private struct AuditRow: Decodable, Sendable {
    var createdAt: Date
    var action: AuditAction
    var actorID: PersonID?
    var by: String
    var recordType: String
    var recordID: AuditRecordID
    var oldValues: String?
    var newValues: String?
    var address: String?
    var userAgent: String?
    var requestID: String?
    var access: AccessKind?
    var purpose: AccessPurpose?

    var entry: AuditEntry {
        get throws {
            AuditEntry(
                createdAt: createdAt, action: action, actorID: actorID, by: by, recordType: recordType, recordID: recordID,
                oldValues: try oldValues.map(Self.json), newValues: try newValues.map(Self.json), address: address, userAgent: userAgent,
                requestID: requestID, access: access, purpose: purpose)
        }
    }

    private static func json(_ text: String) throws -> JSONValue { try JSON.decode(JSONValue.self, from: Data(text.utf8)) }
}
