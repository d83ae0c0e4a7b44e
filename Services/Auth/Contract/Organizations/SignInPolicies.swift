public import ContractKit

/// What an organization asks of those who sign in to it.
public struct SignInPolicy: Codable, Sendable, Equatable {
    /// Whether owners, admins and trainers reach nothing but adding a second factor until they have signed in with both. From the next refresh
    /// of their tokens on, five minutes at most.
    public var requiresSecondFactor: Bool

    public init(requiresSecondFactor: Bool) { self.requiresSecondFactor = requiresSecondFactor }
}

public struct GetSignInPolicy: APIOperation {
    public static let route = Route.get("/v1/organization/sign-in-policy")
    public static let summary = "What the organization asks of those who sign in"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let takesKeys = false
    public typealias Output = SignInPolicy

    public init() {}
}

public struct SetSignInPolicy: APIOperation {
    public static let route = Route.put("/v1/organization/sign-in-policy")
    public static let summary = "Ask staff for a second factor, or no more"
    public static let access = Access.any(.staff(.manageOrganization))
    public static let takesKeys = false
    public static let needsFreshSignIn = true
    public typealias Body = SignInPolicy
    public typealias Output = SignInPolicy

    public init() {}
}
