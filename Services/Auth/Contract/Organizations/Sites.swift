public import ContractKit

/// What a web site may show of its organization before anybody signs in.
public struct Site: Codable, Sendable, Equatable {
    public var name: Line
    public var slug: Slug
    @Nullable public var contact: OrganizationContact?
    public var socialLinks: [SocialLink]
    @Nullable public var domain: HostName?

    public init(name: Line, slug: Slug, contact: OrganizationContact?, socialLinks: [SocialLink], domain: HostName?) {
        self.name = name
        self.slug = slug
        self.contact = contact
        self.socialLinks = socialLinks
        self.domain = domain
    }
}

/// By the domain that the client came by, unless it says which.
public struct GetSite: APIOperation {
    public static let route = Route.get("/v1/site")
    public static let summary = "The organization of this web site"
    public static let access = Access.everyone
    public typealias Output = Site

    public var organization: Slug?

    public init(organization: Slug? = nil) { self.organization = organization }
}
