public import ContractKit
public import Foundation

/// An organization as those see it who run the installation.
public struct ListedOrganization: Codable, Sendable, Equatable, Versioned {
    public var id: OrganizationID
    public var name: Line
    public var slug: Slug
    public var kind: OrganizationKind
    public var standing: Standing
    /// A deleted one can be taken back for thirty days from then.
    @Nullable public var deletedAt: Date?
    public var createdAt: Date
    public var version: Int64

    public init(
        id: OrganizationID, name: Line, slug: Slug, kind: OrganizationKind, standing: Standing, deletedAt: Date?, createdAt: Date,
        version: Int64
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.kind = kind
        self.standing = standing
        self.deletedAt = deletedAt
        self.createdAt = createdAt
        self.version = version
    }
}

public struct ListOrganizations: APIOperation {
    public static let route = Route.get("/v1/platform/organizations")
    public static let summary = "All organizations, oldest first"
    public static let access = Access.platform
    public typealias Output = Page<ListedOrganization>

    /// Only those that are active, or are not; deleted ones are what they were before.
    public var isActive: Bool?
    public var limit: PageLimit?
    public var cursor: Cursor?

    public init(isActive: Bool? = nil, limit: PageLimit? = nil, cursor: Cursor? = nil) {
        self.isActive = isActive
        self.limit = limit
        self.cursor = cursor
    }
}

/// Its people cannot sign in and their tokens are refused, within a second. Nothing of it is lost.
public struct SuspendOrganization: APIOperation {
    public static let route = Route.post("/v1/platform/organizations/{organization_id}/suspend")
    public static let summary = "Suspend an organization"
    public static let access = Access.platform
    public static let success = 200
    public typealias Output = ListedOrganization

    public var organizationID: OrganizationID

    public init(organizationID: OrganizationID) { self.organizationID = organizationID }
}

public struct ReactivateOrganization: APIOperation {
    public static let route = Route.post("/v1/platform/organizations/{organization_id}/reactivate")
    public static let summary = "Let the people of a suspended organization in again"
    public static let access = Access.platform
    public static let success = 200
    public typealias Output = ListedOrganization

    public var organizationID: OrganizationID

    public init(organizationID: OrganizationID) { self.organizationID = organizationID }
}

/// As it was before, for thirty days.
public struct RestoreOrganization: APIOperation {
    public static let route = Route.post("/v1/platform/organizations/{organization_id}/restore")
    public static let summary = "Take a deleted organization back"
    public static let access = Access.platform
    public static let success = 200
    public static let problems: [ProblemKind] = [.notDeleted, .deletedTooLongAgo]
    public typealias Output = ListedOrganization

    public var organizationID: OrganizationID

    public init(organizationID: OrganizationID) { self.organizationID = organizationID }
}
