import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres

/// Whether an organization's people are let in. The transaction is in the organization.
extension OrganizationStore {
    /// How an organization stands, as the tables hold it.
    struct Standings: Decodable, Sendable {
        var isActive: Bool
        var deletedAt: Date?

        var standing: Standing { deletedAt != nil ? .deleted : isActive ? .active : .suspended }
    }

    /// - Parameter locked: Nobody else changes it until the transaction ends.
    func standing(of id: OrganizationID, locked: Bool = false, in tx: Transaction) async throws -> Standings? {
        let lock: SQL = locked ? "for no key update" : ""
        return try await tx.first("select is_active, deleted_at from organizations where organization_id = \(id) \(lock)")
    }

    /// Writes it, one version up, and tells every process; an organization that is deleted stays active or suspended under that.
    func change(_ id: OrganizationID, to standing: Standing, now: Date, in tx: Transaction) async throws {
        let changed: SQL =
            switch standing {
            case .active: "is_active = true, deleted_at = null"
            case .suspended: "is_active = false, deleted_at = null"
            case .deleted: "deleted_at = \(now)"
            }
        let version: Int64 = try await tx.one(
            """
            update organizations set \(changed), updated_at = \(now), version = version + 1 where organization_id = \(id)
            returning version
            """)
        try await tx.emit(StandingChanged(organizationID: id, standing: standing, version: version))
    }

    /// All that there are, for those who run the installation.
    func list(_ wanted: ListOrganizations, in tx: Transaction) async throws -> Page<ListedOrganization> {
        let limit = wanted.limit ?? .standard
        let after: OrganizationID? = wanted.cursor?.id(0)
        let further: SQL = after.map { "and organization_id > \($0)" } ?? ""
        let some: SQL = wanted.isActive.map { "and is_active = \($0)" } ?? ""
        let rows: [Listed] = try await tx.query(
            "select \(Listed.columns) from organizations where true \(some) \(further) order by organization_id limit \(limit.rawValue + 1)"
        )
        return Page(rows: rows.map(\.organization), limit: limit) { Cursor($0.id) }
    }

    func listed(_ id: OrganizationID, in tx: Transaction) async throws -> ListedOrganization? {
        try await tx.first("select \(Listed.columns) from organizations where organization_id = \(id)", as: Listed.self)?.organization
    }

    private struct Listed: Decodable, Sendable {
        static let columns: SQL = "organization_id, name, slug, kind, is_active, deleted_at, created_at, version"

        var organizationID: OrganizationID
        var name: Line
        var slug: Slug
        var kind: OrganizationKind
        var isActive: Bool
        var deletedAt: Date?
        var createdAt: Date
        var version: Int64

        var organization: ListedOrganization {
            ListedOrganization(
                id: organizationID, name: name, slug: slug, kind: kind,
                standing: Standings(isActive: isActive, deletedAt: deletedAt).standing, deletedAt: deletedAt, createdAt: createdAt,
                version: version)
        }
    }
}
