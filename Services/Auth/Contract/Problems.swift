public import ContractKit

extension ProblemKind {
    public static let invalidCredentials = ProblemKind("invalid-credentials", 401, "The email address or the password is wrong")
    public static let loginExpired = ProblemKind("login-expired", 401, "The sign-in took too long; begin again with the password")
    public static let invalidSecondFactor = ProblemKind("invalid-second-factor", 401, "The code is wrong, or was used before")
    public static let emailNotVerified = ProblemKind("email-not-verified", 409, "The email address must be verified first")
    public static let secondFactorEnabled = ProblemKind("second-factor-enabled", 409, "The account has a second factor already")
    public static let accountLocked = ProblemKind("account-locked", 423, "Too many wrong passwords; wait before the next try")
    public static let invalidRefreshToken = ProblemKind("invalid-refresh-token", 401, "The refresh token is not valid; sign in again")
    public static let invalidInvitation = ProblemKind("invalid-invitation", 410, "The invitation was used, was replaced or has run out")
    public static let invalidLink = ProblemKind("invalid-link", 410, "The link was used, was replaced or has run out")
    public static let invalidClient = ProblemKind("invalid-client", 401, "The key or its secret is not valid")
    public static let invalidScope = ProblemKind("invalid-scope", 400, "The key has not all of these scopes")
    public static let oidcFailed = ProblemKind("oidc-failed", 401, "The other provider's answer is not good; begin again")
    public static let identityNotLinked = ProblemKind(
        "identity-not-linked", 409, "No account has this identity: sign in and link it, or accept an invitation with it")
    public static let identityTaken = ProblemKind(
        "identity-taken", 409, "The identity is linked already, or the account has another one of this provider")
    public static let slugTaken = ProblemKind("slug-taken", 409, "Another organization has this slug")
    public static let emailTaken = ProblemKind("email-taken", 409, "This email address is in use")
    public static let headquartersTaken = ProblemKind("headquarters-taken", 409, "Another location is the headquarters")
    public static let locationHasBranches = ProblemKind("location-has-branches", 409, "Other locations are branches of this one")
    public static let hasOtherRoles = ProblemKind("has-other-roles", 409, "This person has other roles here as well")
    public static let alreadyGranted = ProblemKind("already-granted", 409, "This trainer has a grant on the member already")
    public static let alreadyEngaged = ProblemKind("already-engaged", 409, "This trainer and this location have an engagement already")
    public static let lastRole = ProblemKind("last-role", 409, "Nobody is without a role; remove the person instead")
}
