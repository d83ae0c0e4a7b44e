/// What a person is inside one organization. One person may have several.
public enum Role: String, Words {
    case owner, admin, trainer, member
}

/// Something that staff may do to the whole organization. Roles carry permissions; operations ask for one.
public enum Permission: String, Sendable, Hashable, CaseIterable {
    case manageOrganization = "organization:manage"
    case manageLocations = "locations:manage"
    case managePeople = "people:manage"
    case readPeople = "people:read"
    case manageTimetable = "timetable:manage"
    case readTimetable = "timetable:read"
    case manageBookings = "bookings:manage"
    case manageBilling = "billing:manage"
    case manageTraining = "training:manage"
    case readTraining = "training:read"
    case readAudit = "audit:read"
    case exportOrganization = "organization:export"

    /// What reaches beyond any location: nobody has it who works at some locations only.
    public static let ofTheWhole: Set<Permission> = [.manageOrganization, .readAudit, .exportOrganization]
}

extension Role {
    /// What the role may do throughout its organization. What a role may do to its own things only is said by ``Grant/own(_:)``.
    public var permissions: Set<Permission> {
        switch self {
        case .owner: Set(Permission.allCases)
        // Everything at once is for whoever answers for it.
        case .admin: Set(Permission.allCases).subtracting([.exportOrganization])
        case .trainer: [.readTimetable]
        case .member: [.readTimetable]
        }
    }
}

/// One way to be allowed an operation.
public enum Grant: Sendable, Hashable {
    /// Whoever has the permission, on everything in the organization.
    case staff(Permission)
    /// Whoever has the role, on what is theirs: a member's own bookings, a trainer's own sessions and the members in them.
    case own(Role)
}

/// How far a caller's allowance reaches, once it is granted.
public enum Scope: Sendable, Hashable {
    case organization
    /// Only what concerns the caller in these roles; the handler narrows its query to the caller's person id.
    case own(Set<Role>)
}

/// Who may call an operation.
public enum Access: Sendable, Hashable {
    /// Anyone, without a token.
    case everyone
    /// Anyone with a valid access token, on what concerns them.
    case signedIn
    /// Anyone to whom one of the grants applies.
    case granted([Grant])
    /// Those who run the installation, once they have given both factors. Nobody of any organization is one of them.
    case platform
    /// The same, with their password alone: to add the second factor, or give it.
    case platformPassword

    public static func any(_ grants: Grant...) -> Access { .granted(grants) }

    /// Whether it is for those who run the installation, who have tokens of their own.
    public var isPlatform: Bool { self == .platform || self == .platformPassword }

    /// How far the allowance of a caller with `roles` in an organization reaches; `nil` is a 403.
    ///
    /// - Parameter isBound: Whether they work at some locations only.
    public func scope(for roles: Set<Role>, isBound: Bool = false) -> Scope? {
        if isPlatform { return nil }
        guard case .granted(let grants) = self else { return .own(roles) }
        var permissions = roles.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) }
        if isBound { permissions.subtract(Permission.ofTheWhole) }
        var own: Set<Role> = []
        for grant in grants {
            switch grant {
            case .staff(let permission) where permissions.contains(permission): return .organization
            case .own(let role) where roles.contains(role): own.insert(role)
            default: continue
            }
        }
        return own.isEmpty ? nil : .own(own)
    }
}
