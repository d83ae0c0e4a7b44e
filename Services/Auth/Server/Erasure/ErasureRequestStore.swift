import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

/// What was asked for, and what the services have answered. A row is one person's, however often it is asked for.
struct ErasureRequestStore: Sendable {
    /// Asks every service, unless that was done.
    func open(
        _ person: PersonID, _ organization: OrganizationID, by requester: PersonID, now: Date, in tx: Transaction
    ) async throws -> ErasureRequest {
        if let known = try await find(of: person, organization, in: tx) { return known }
        let id = ErasureRequestID(now: now)
        let row: Row = try await tx.one(
            """
            insert into erasure_requests (organization_id, erasure_request_id, person_id, requested_by, created_at, updated_at)
            values (\(organization), \(id), \(person), \(requester == person ? nil : requester), \(now), \(now))
            returning \(Self.columns)
            """)
        try await tx.emit(ErasureRequested(organizationID: organization, erasureRequestID: id, personID: person))
        return try row.request
    }

    func find(of person: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> ErasureRequest? {
        let row: Row? = try await tx.first(
            "select \(Self.columns) from erasure_requests where organization_id = \(organization) and person_id = \(person)")
        return try row?.request
    }

    func find(_ id: ErasureRequestID, _ organization: OrganizationID, in tx: Transaction) async throws -> ErasureRequest? {
        let row: Row? = try await tx.first(
            "select \(Self.columns) from erasure_requests where organization_id = \(organization) and erasure_request_id = \(id)")
        return try row?.request
    }

    func list(_ organization: OrganizationID, cursor: Cursor?, limit: PageLimit, in tx: Transaction) async throws -> Page<ErasureRequest> {
        let before: ErasureRequestID? = cursor?.id(0)
        let further: SQL = before.map { "and erasure_request_id < \($0)" } ?? ""
        let rows: [Row] = try await tx.query(
            """
            select \(Self.columns) from erasure_requests where organization_id = \(organization) \(further)
            order by erasure_request_id desc limit \(limit.rawValue + 1)
            """)
        return Page(rows: try rows.map { try $0.request }, limit: limit) { Cursor($0.id) }
    }

    /// Notes what a service has done. The last answer finishes the request; one that comes again changes nothing.
    func note(
        _ deeds: [ErasureDeed], by service: ErasingService, to id: ErasureRequestID, _ organization: OrganizationID, at time: Date,
        in tx: Transaction
    ) async throws {
        let answer = try JSONB.text([service.rawValue: Answer(erasedAt: time, deeds: deeds)])
        try await tx.execute(
            """
            update erasure_requests set answers = answers || \(answer)::jsonb, updated_at = \(time), version = version + 1,
                finished_at = case when (answers || \(answer)::jsonb) ?& \(ErasingService.allCases)::text[] then \(time)::timestamptz end
            where organization_id = \(organization) and erasure_request_id = \(id) and not answers ? \(service)
            """)
    }

    private static let columns: SQL =
        "erasure_request_id, person_id, requested_by, answers::text as answers, created_at, finished_at, version"

    private struct Answer: Codable, Sendable {
        var erasedAt: Date
        var deeds: [ErasureDeed]
    }

    private struct Row: Decodable, Sendable {
        var erasureRequestID: ErasureRequestID
        var personID: PersonID
        var requestedBy: PersonID?
        var answers: String
        var createdAt: Date
        var finishedAt: Date?
        var version: Int64

        var request: ErasureRequest {
            get throws {
                let answers: [String: Answer] = try JSONB.value(answers) ?? [:]
                let parts = ErasingService.allCases.map { service in
                    let answer = answers[service.rawValue]
                    return ErasurePart(service: service, erasedAt: answer?.erasedAt, deeds: answer?.deeds ?? [])
                }
                return ErasureRequest(
                    id: erasureRequestID, personID: personID, requestedBy: requestedBy, createdAt: createdAt, finishedAt: finishedAt,
                    services: parts, version: version)
            }
        }
    }
}
