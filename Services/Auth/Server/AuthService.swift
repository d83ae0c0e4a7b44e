import ArgumentParser
import AuthContract
import BillingContract
import ContractKit
import FieldEncryption
import FileStore
import Foundation
import Messaging
import NotificationsContract
import Postgres
import SchedulingContract
import ServiceKit
import WorkoutsContract

/// Organizations, locations, people, sign-in and login sessions.
enum AuthService: PalestraService {
    typealias Contract = AuthContract
    static let hears: [any Event.Type] = [
        BookingCreated.self, BookingCancelled.self, SessionCancelled.self, ErasureRequested.self,
        ExportRequested.self,
        PersonMergeDone<SchedulingContract>.self, PersonMergeDone<WorkoutsContract>.self, PersonMergeDone<BillingContract>.self,
        PersonMergeDone<NotificationsContract>.self,
        PersonErased<SchedulingContract>.self, PersonErased<WorkoutsContract>.self, PersonErased<BillingContract>.self,
        PersonErased<NotificationsContract>.self,
        PersonExported<SchedulingContract>.self, PersonExported<WorkoutsContract>.self, PersonExported<BillingContract>.self,
        PersonExported<NotificationsContract>.self,
    ]
    static let commands: [any ParsableCommand.Type] = [PlatformAdminCommand.self]

    static func build(_ context: ServiceContext) throws -> ServiceParts {
        let parts = try AuthParts(context)
        return ServiceParts(
            endpoints: parts.organizationEndpoints + parts.siteEndpoints + parts.signInPolicyEndpoints + parts.accountEndpoints
                + parts.signInEndpoints
                + parts.invitationEndpoints
                + parts.loginSessionEndpoints
                + parts.secondFactorEndpoints + parts.passwordEndpoints + parts.emailEndpoints + parts.tokenKeyEndpoints
                + parts.apiKeyEndpoints + parts.oneTimeCodeEndpoints + parts.providerEndpoints + parts.identityEndpoints
                + parts.stepUpEndpoints + parts.passkeyEndpoints
                + parts.locationEndpoints + parts.profileEndpoints + parts.trainerEndpoints + parts.trainerTeamEndpoints
                + parts.memberEndpoints + parts.memberAccessEndpoints + parts.memberProfileEndpoints
                + parts.trainerHealthEndpoints + parts.engagementEndpoints + parts.roleEndpoints + parts.personLocationEndpoints
                + parts.memberImportEndpoints
                + parts.trainerDocumentEndpoints + parts.photoEndpoints + parts.platformEndpoints + parts.appConfigEndpoints
                + parts.erasureEndpoints + parts.exportEndpoints + parts.mergeEndpoints + [
                    .auditLog(of: AuthContract.self), .organizationExport(of: AuthService.self, parts.ring),
                ],
            reactions: [OnBookingCreated(), OnBookingCancelled(), OnSessionCancelled()] + parts.erasureReactions + parts.exportReactions
                + parts.mergeReactions,
            jobs: [
                .expiredLoginSessions, .quietSignInFailures, .quietSignInAddresses, .expiredAccountLinks, .wholeMailAllowances,
                .oldMasterKeys(parts.ring), .expiredOneTimeCodes, .expiredProviderSignIns, .expiredPasskeyChallenges,
                .expiredPlatformSessions, .saidAppConfig,
                .looseFiles(parts.files), .expiringTrainerDocuments, .dueExports(parts.exports, parts.files),
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
    let ownProfiles: OwnProfileStore
    let assignments = AssignmentStore()
    let memberGrants = MemberGrantStore()
    let engagements = EngagementStore()
    let memberProfiles: MemberProfileStore
    let memberHealth: MemberHealthStore
    let files: Files
    /// In bytes.
    let fileLimit: Int
    let trainerDocuments: TrainerDocumentStore
    let invitations: InvitationStore
    let loginSessions: LoginSessionStore
    let apiKeys: APIKeyStore
    let providers: [Provider]
    let providerSignIns: ProviderSignInStore
    let identities: IdentityStore
    let relyingParty: RelyingParty
    let passkeys: PasskeyStore
    let erasureRequests = ErasureRequestStore()
    let exports: ExportStore
    let personMerges = PersonMergeStore()
    let appConfig: AppConfigStore
    let platformAdmins: PlatformAdminStore
    let platformSessions: PlatformSessionStore
    let platformPasswordCheck: PlatformPasswordCheck

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
        ownProfiles = OwnProfileStore(ring: ring)
        memberProfiles = MemberProfileStore(ring: ring)
        memberHealth = MemberHealthStore(ring: ring)
        (files, fileLimit) = try context.files(of: "auth")
        trainerDocuments = TrainerDocumentStore(ring: ring, files: files)
        exports = ExportStore(ring: ring, files: files)
        invitations = InvitationStore(ring: ring)
        loginSessions = LoginSessionStore(ring: ring, issuer: try TokenIssuer(settings, published: tokenKeys, logger: context.logger))
        apiKeys = APIKeyStore(ring: ring)
        providers = try ProviderSettings.read(settings).map { Provider($0, logger: context.logger) }
        providerSignIns = ProviderSignInStore(ring: ring)
        identities = IdentityStore(ring: ring)
        relyingParty = try RelyingParty(settings, ring: ring)
        passkeys = PasskeyStore(ring: ring)
        throttles = SignInThrottleStore(ring: ring)
        accountLinks = AccountLinkStore(ring: ring)
        mailAllowances = MailAllowanceStore(ring: ring)
        passwordCheck = PasswordCheck(
            database: context.database, accounts: accounts, secondFactors: secondFactors, throttles: throttles, passwords: passwords)
        appConfig = AppConfigStore()
        platformAdmins = PlatformAdminStore(ring: ring)
        platformSessions = PlatformSessionStore(issuer: loginSessions.issuer)
        platformPasswordCheck = PlatformPasswordCheck(
            database: context.database, admins: platformAdmins, throttles: throttles, passwords: passwords)
    }
}
