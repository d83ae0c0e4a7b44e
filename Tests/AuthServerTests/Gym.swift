import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit
import TestSupport

@testable import AuthServer

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
    )
        async throws -> Tokens
    {
        try await call(
            Login(),
            body: .init(
                email: EmailAddress(rawValue: email)!, password: EnteredPassword(rawValue: password)!,
                organization: organization.map { Slug(rawValue: $0)! }, rememberMe: remember))
    }

    func refresh(_ tokens: Tokens, idempotencyKey: String? = nil) async throws -> Tokens {
        try await call(
            RefreshTokens(), body: .init(refreshToken: SecretText(rawValue: tokens.refreshToken)!), idempotencyKey: idempotencyKey)
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

extension TestDatabase {
    /// What was said, oldest first, as the relay would publish it.
    func said<E: Event>(_ event: E.Type) async throws -> [E] {
        let rows = try await sql(
            "select translate(encode(envelope, 'base64'), E'\\n', '') from auth.outbox where type = '\(E.type)' order by seq")
        return try rows.split(separator: "\n").map { row in
            try JSON.decode(EventEnvelope<E>.self, from: Data(base64Encoded: String(row))!).data
        }
    }
}
