import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Messaging
import Postgres
import SchedulingContract
import ServiceKit

/// Organizations, locations, people, sign-in and login sessions.
enum AuthService: PalestraService {
    typealias Contract = AuthContract
    static let hears: [any Event.Type] = [BookingCreated.self, BookingCancelled.self, SessionCancelled.self]

    static func build(_ context: ServiceContext) throws -> ServiceParts {
        let parts = try AuthParts(context)
        return ServiceParts(
            endpoints: parts.organizationEndpoints + parts.signInEndpoints + parts.invitationEndpoints + parts.loginSessionEndpoints
                + parts.secondFactorEndpoints + parts.passwordEndpoints + parts.emailEndpoints + parts.tokenKeyEndpoints
                + parts.apiKeyEndpoints + parts.oneTimeCodeEndpoints + parts.providerEndpoints + parts.identityEndpoints
                + parts.stepUpEndpoints
                + parts.locationEndpoints + parts.profileEndpoints + parts.trainerEndpoints + parts.trainerTeamEndpoints
                + parts.memberEndpoints + parts.memberAccessEndpoints + parts.memberProfileEndpoints
                + parts.trainerHealthEndpoints + parts.engagementEndpoints + parts.roleEndpoints + parts.memberImportEndpoints + [
                    .auditLog(of: AuthContract.self)
                ],
            reactions: [OnBookingCreated(), OnBookingCancelled(), OnSessionCancelled()],
            jobs: [
                .expiredLoginSessions, .quietSignInFailures, .quietSignInAddresses, .expiredAccountLinks, .wholeMailAllowances,
                .oldMasterKeys(parts.ring), .expiredOneTimeCodes, .expiredProviderSignIns,
            ])
    }
}

/// What the features share. Each feature's `...Routes.swift` adds its endpoints to it.
struct AuthParts: Sendable {
    let database: Database
    let ring: KeyRing
    let passwords: PasswordHasher
    /// Nil when the installation has no list but ours.
    let breached: BreachedPasswords?
    let passwordCheck: PasswordCheck
    let throttles: SignInThrottleStore
    let accountLinks: AccountLinkStore
    let mailAllowances: MailAllowanceStore
    let tokenKeys: FollowedFile<ListTokenKeys.Output>
    let accounts: AccountStore
    let secondFactors: SecondFactorStore
    let oneTimeCodes: OneTimeCodeStore
    let organizations: OrganizationStore
    let locations: LocationStore
    let people: PersonStore
    let assignments = AssignmentStore()
    let memberGrants = MemberGrantStore()
    let engagements = EngagementStore()
    let memberProfiles: MemberProfileStore
    let memberHealth: MemberHealthStore
    let invitations: InvitationStore
    let loginSessions: LoginSessionStore
    let apiKeys: APIKeyStore
    let providers: [Provider]
    let providerSignIns: ProviderSignInStore
    let identities: IdentityStore

    init(_ context: ServiceContext) throws {
        let settings = context.settings
        let ring = try context.keyRing()
        database = context.database
        self.ring = ring
        passwords = PasswordHasher(
            peppers: try Peppers(settings.secret("PASSWORD_PEPPER_FILE")), cost: try settings.int("PASSWORD_COST", in: 4...15, default: 12))
        let breachedFile = try settings.string("BREACHED_PASSWORDS_FILE", default: "")
        breached = breachedFile.isEmpty ? nil : try BreachedPasswords(file: breachedFile)
        tokenKeys = try FollowedFile("TOKEN_KEYS_FILE", in: settings, now: Date(), logger: context.logger, TokenKeys.published)
        accounts = AccountStore(ring: ring)
        secondFactors = SecondFactorStore(ring: ring)
        oneTimeCodes = secondFactors.mailed
        organizations = OrganizationStore()
        locations = LocationStore()
        people = PersonStore(ring: ring)
        memberProfiles = MemberProfileStore(ring: ring)
        memberHealth = MemberHealthStore(ring: ring)
        invitations = InvitationStore(ring: ring)
        loginSessions = LoginSessionStore(ring: ring, issuer: try TokenIssuer(settings, published: tokenKeys, logger: context.logger))
        apiKeys = APIKeyStore(ring: ring)
        providers = try ProviderSettings.read(settings).map { Provider($0, logger: context.logger) }
        providerSignIns = ProviderSignInStore(ring: ring)
        identities = IdentityStore(ring: ring)
        throttles = SignInThrottleStore(ring: ring)
        accountLinks = AccountLinkStore(ring: ring)
        mailAllowances = MailAllowanceStore(ring: ring)
        passwordCheck = PasswordCheck(
            database: context.database, accounts: accounts, secondFactors: secondFactors, throttles: throttles, passwords: passwords)
    }
}
