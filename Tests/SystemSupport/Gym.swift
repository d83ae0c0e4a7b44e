import AuthContract
import Client
import ContractKit
import Foundation
import SchedulingContract
import Testing

/// An organization that has signed up, with what most journeys need.
struct Gym: Sendable {
    let system: PalestraSystem
    let slug: String
    let organizationID: OrganizationID
    let ownerEmail: String
    let tokens: RefreshTokens.Output
    /// The one that sign-up makes.
    let locationID: LocationID
    /// The owner by the SDK.
    let owner: PalestraClient

    static let password = "correct horse battery"

    /// The owner by hand.
    var raw: Caller { Caller(system, token: tokens.accessToken) }

    /// Two taxes: 5 % and 7 %.
    static func signUp(on system: PalestraSystem) async throws -> Gym {
        let slug = "gym-\(UUID().uuidString.lowercased().prefix(13))"
        let email = "owner@\(slug).example"
        let anybody = PalestraClient(baseURL: system.url, patience: .untilItWorks)
        let made = try await anybody.call(
            CreateOrganization(),
            body: .init(
                name: "Iron Temple", slug: Slug(rawValue: slug)!, kind: .gym, timeZone: TimeZoneID(rawValue: "America/Toronto")!,
                currency: .cad,
                owner: .init(fullName: "Olga Owner", email: EmailAddress(rawValue: email)!, password: Password(rawValue: password)!),
                taxRates: [
                    .init(code: "gst", rate: TaxRate(rawValue: "0.05")!), .init(code: "pst", rate: TaxRate(rawValue: "0.07")!),
                ]))
        return Gym(
            system: system, slug: slug, organizationID: made.organization.id, ownerEmail: email, tokens: made.tokens,
            locationID: made.location.id, owner: system.client(made.tokens))
    }

    func trainer() async throws -> PersonID {
        let email = EmailAddress(rawValue: "trainer-\(UUID().uuidString.prefix(8))@\(slug).example".lowercased())!
        return try await owner.call(CreateTrainer(), body: .init(fullName: "Tina Trainer", email: email)).id
    }

    /// A member who can sign in.
    func member(_ name: Line = "Max Member") async throws -> Member {
        let email = "member-\(UUID().uuidString.lowercased().prefix(13))@\(slug).example"
        let person = try await owner.call(
            CreateMember(), body: .init(fullName: name, email: EmailAddress(rawValue: email)!, password: Password(rawValue: Gym.password)!))
        let answer = try await PalestraClient(baseURL: system.url, patience: .untilItWorks).call(
            Login(), body: .init(email: EmailAddress(rawValue: email)!, password: EnteredPassword(rawValue: Gym.password)!))
        let tokens = try #require(answer.tokens)
        return Member(
            id: person.id, email: email, tokens: tokens, client: system.client(tokens), raw: Caller(system, token: tokens.accessToken))
    }

    /// For 50.00 CAD.
    func classType(capacity: Capacity = 10) async throws -> ClassTypeID {
        try await owner.call(
            CreateClassType(),
            body: .init(name: "Spin", category: .group, durationMinutes: 45, capacity: capacity, price: Money(amount: 5000, currency: .cad))
        ).id
    }

    /// A session so many hours from now.
    func session(
        _ classType: ClassTypeID, trainer: PersonID, in hours: Double = 24, capacity: Capacity? = nil
    ) async throws -> CreateSession.Output {
        // Whole seconds: a moment is kept to the microsecond, and compared here.
        let start = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + hours * 3600).rounded())
        return try await owner.call(
            CreateSession(),
            body: .init(classTypeID: classType, trainerID: trainer, locationID: locationID, startsAt: start, capacity: capacity))
    }

    func book(_ session: SessionID, _ member: PersonID) async throws -> Booking {
        try await owner.call(BookSession(sessionID: session), body: .init(memberID: member))
    }
}

/// A member who has signed in.
struct Member: Sendable {
    let id: PersonID
    let email: String
    let tokens: RefreshTokens.Output
    let client: PalestraClient
    let raw: Caller
}

extension CurrencyCode {
    static let cad = CurrencyCode(rawValue: "CAD")!
}

extension PalestraClient.Patience {
    /// For times when servers die and come back: the call is repeated, with its key, until somebody can take it.
    static var untilItWorks: PalestraClient.Patience {
        var patience = PalestraClient.Patience()
        patience.attempts = 120
        patience.longestWait = .milliseconds(300)
        patience.timeout = .seconds(20)
        return patience
    }
}

extension PalestraSystem {
    /// Somebody who signed in, and who stays so.
    func client(_ tokens: RefreshTokens.Output) -> PalestraClient {
        let url = url
        let first = Client.Tokens(
            accessToken: tokens.accessToken, refreshToken: tokens.refreshToken,
            expiresAt: Date().addingTimeInterval(Double(tokens.expiresIn)))
        let store = TokenStore(first) { spent in
            let fresh = try await PalestraClient(baseURL: url).call(
                RefreshTokens(), body: .init(refreshToken: SecretText(rawValue: spent)!))
            return Client.Tokens(
                accessToken: fresh.accessToken, refreshToken: fresh.refreshToken,
                expiresAt: Date().addingTimeInterval(Double(fresh.expiresIn)))
        }
        return PalestraClient(baseURL: url, tokens: store, patience: .untilItWorks)
    }
}
