import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@testable import AuthServer
@testable import ServiceKit

/// Runs auth over a fresh database.
func withAuth(_ body: @escaping @Sendable (ServiceUnderTest, TestDatabase) async throws -> Void) async throws {
    try await withDatabase(.auth) { database in
        try await withService(AuthService.self, database: database.open()) { service in try await body(service, database) }
    }
}

extension ServiceUnderTest {
    static let password: Password = Password(rawValue: "correct horse battery")!

    func signUp(_ slug: String, email: String? = nil, kind: OrganizationKind = .gym) async throws -> CreateOrganization.Output {
        try await call(CreateOrganization(), body: signUpBody(slug, email: email, kind: kind))
    }

    func signUpBody(_ slug: String, email: String? = nil, kind: OrganizationKind = .gym) -> CreateOrganization.Body {
        CreateOrganization.Body(
            name: "Iron Temple", slug: Slug(rawValue: slug)!, kind: kind, timeZone: TimeZoneID(rawValue: "America/Toronto")!,
            currency: CurrencyCode(rawValue: "CAD")!,
            owner: .init(fullName: "Olive Owner", email: EmailAddress(rawValue: email ?? "\(slug)@example.com")!, password: Self.password),
            taxRates: [.init(code: "gst", rate: TaxRate(rawValue: "0.05")!), .init(code: "qst", rate: TaxRate(rawValue: "0.09975")!)])
    }

    func login(
        _ email: String, _ password: String = Self.password.rawValue, organization: String? = nil, remember: Bool? = nil
    ) async throws -> Tokens {
        try #require(try await begin(email, password, organization: organization, remember: remember).tokens)
    }

    /// Both steps of signing in with a second factor.
    func login(_ email: String, code: String, idempotencyKey: String? = nil) async throws -> Tokens {
        try await complete(try await due(email), code, idempotencyKey: idempotencyKey)
    }

    func begin(
        _ email: String, _ password: String = Self.password.rawValue, organization: String? = nil, remember: Bool? = nil
    ) async throws -> SignInAnswer {
        try await call(
            Login(),
            body: .init(
                email: EmailAddress(rawValue: email)!, password: EnteredPassword(rawValue: password)!,
                organization: organization.map { Slug(rawValue: $0)! }, rememberMe: remember))
    }

    /// The first of two steps.
    func due(_ email: String) async throws -> SecondFactorDue {
        guard case .secondFactorDue(let due) = try await begin(email) else { throw NoSecondFactor() }
        return due
    }

    func complete(_ due: SecondFactorDue, _ code: String, idempotencyKey: String? = nil) async throws -> Tokens {
        try await call(
            CompleteLogin(), body: .init(mfaToken: SecretText(rawValue: due.mfaToken)!, code: SecondFactorCode(rawValue: code)!),
            idempotencyKey: idempotencyKey)
    }

    func refresh(_ tokens: Tokens, idempotencyKey: String? = nil) async throws -> Tokens {
        try await call(
            RefreshTokens(), body: .init(refreshToken: SecretText(rawValue: tokens.refreshToken)!), idempotencyKey: idempotencyKey)
    }

    /// The secret that the newest invitation's mail holds.
    func invitationToken(in database: TestDatabase) async throws -> SecretText {
        let said = try #require(try await database.said(InvitationCreated.self).last)
        let ring = try keys.ring()
        return SecretText(rawValue: try ring.open(said.token, context: PersonSaved.context("invitation", said.personID)))!
    }

    /// Adds an authenticator app to the account behind `token`; its code of this moment is spent then. Every address is verified for it.
    func enrol(_ token: String, _ database: TestDatabase) async throws -> AuthenticatorApp {
        try await database.sql("update auth.accounts set email_verified_at = now() where email_verified_at is null")
        let made = try await call(
            EnrolSecondFactor(), body: .init(password: EnteredPassword(rawValue: Self.password.rawValue)!), token: token)
        var app = try AuthenticatorApp(secret: made.secret)
        let code = SecondFactorCode(rawValue: app.code(0))!
        app.recoveryCodes = try await call(ConfirmSecondFactor(), body: .init(code: code), token: token).codes
        return app
    }

    /// A job's run, which is due as soon as it is known.
    func run(_ job: Job) async throws {
        let logger = Logger(label: "jobs") { _ in SwiftLogNoOpLogHandler() }
        _ = try await JobRunner(service: "auth", jobs: [job], database: database, logger: logger).runWhatIsDue()
    }

    func addMember(
        _ name: Line, email: String? = nil, phone: String? = nil, password: Password? = nil, token: String
    ) async throws -> Person {
        try await call(
            CreateMember(),
            body: .init(
                fullName: name, email: email.map { EmailAddress(rawValue: $0)! }, phone: phone.map { PhoneNumber(rawValue: $0)! },
                password: password),
            token: token)
    }
}

/// The problem that a call is answered with; nil when it succeeds.
func problem(_ body: () async throws -> some Sendable) async throws -> Problem? {
    do {
        _ = try await body()
        return nil
    } catch let problem as Problem {
        return problem
    }
}

struct NoSecondFactor: Error {}

/// What runs on somebody's telephone.
struct AuthenticatorApp: Sendable {
    let secret: String
    let totp: TOTP
    private let firstStep: Int64
    var recoveryCodes: [String] = []

    init(secret: String) throws {
        self.secret = secret
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let bits = try secret.flatMap { digit in
            let value = try #require(digits.firstIndex(of: digit))
            return (0..<5).map { UInt8(value >> (4 - $0) & 1) }
        }
        totp = TOTP(
            secret: Data(stride(from: 0, to: bits.count - bits.count % 8, by: 8).map { bits[$0..<$0 + 8].reduce(0) { $0 << 1 | $1 } }))
        firstStep = TOTP.step(at: Date())
    }

    /// The code of so many steps after the one in which the app was added. A test of less than half a minute can use 0 and 1.
    func code(_ offset: Int64) -> String { totp.code(step: firstStep + offset) }
}

extension TestDatabase {
    /// The next call with an `Idempotency-Key` does all it has to, and fails as it is about to commit.
    func refuseOneAnswer() async throws {
        try await sql(
            """
            create sequence public.tries;
            grant usage on schema public to public;
            grant all on sequence public.tries to public;
            create function public.refuse_once() returns trigger language plpgsql as $$ begin
                if nextval('public.tries') = 1 then raise exception 'not now' using errcode = '57014'; end if;
                return new;
            end $$;
            create trigger not_now before insert on auth.idempotency_keys for each row execute function public.refuse_once();
            """)
    }

    /// What was said, oldest first, as the relay would publish it.
    func said<E: Event>(_ event: E.Type) async throws -> [E] {
        let rows = try await sql(
            "select translate(encode(envelope, 'base64'), E'\\n', '') from auth.outbox where type = '\(E.type)' order by seq")
        return try rows.split(separator: "\n").map { row in
            try JSON.decode(EventEnvelope<E>.self, from: Data(base64Encoded: String(row))!).data
        }
    }
}
