import AuthContract
import Client
import ContractKit
import Foundation
import SchedulingContract
import WorkoutsContract

/// An organization signs up and gets what every step needs.
struct SignUp {
    let calls: Calls
    let tenant: Tenant

    func run(members: Int) async throws {
        let body = try CreateOrganization.Body(
            name: tenant.name("Gym"), slug: valid(tenant.slug), kind: .gym, timeZone: valid("America/Toronto"), currency: valid("CAD"),
            owner: .init(fullName: tenant.name("Olga"), email: tenant.email("owner"), password: valid(password)),
            taxRates: [.init(code: "gst", rate: valid("0.05")), .init(code: "pst", rate: valid("0.07"))])
        let made = try await need(calls.make(CreateOrganization(), body: body, "sign-up", of: tenant, as: nil))
        let owner = calls.tokens(made.tokens, of: tenant)
        var trainers: [PersonID] = []
        for number in 0..<2 {
            let body = try CreateTrainer.Body(fullName: tenant.name("Tina \(number)"), email: tenant.email("trainer-\(number)"))
            trainers.append(try await need(calls.make(CreateTrainer(), body: body, "trainer", of: tenant, as: owner)).id)
        }
        let type = try CreateClassType.Body(
            name: tenant.name("Spin"), category: .group, durationMinutes: 30, capacity: 4,
            price: Money(amount: 2500, currency: valid("CAD")))
        let exercise = try CreateExercise.Body(
            name: tenant.name("Press"), level: .beginner, type: .strength, primaryMuscles: ["chest"], instructions: ["Press."])
        tenant.settle(
            .init(
                owner: owner, location: made.location.id, trainers: trainers,
                classType: try await need(calls.make(CreateClassType(), body: type, "class-type", of: tenant, as: owner)).id,
                exercise: try await need(calls.make(CreateExercise(), body: exercise, "exercise", of: tenant, as: owner)).id))
        for _ in 0..<members { try await PeopleSteps(calls: calls, tenant: tenant, base: try base()).addMember(knownAfter: .zero) }
        for _ in 0..<6 { try await BookingSteps(calls: calls, tenant: tenant, base: try base()).addSession() }
    }

    private func base() throws -> Tenant.Base {
        guard let base = tenant.base else { throw LoadError(description: "not signed up") }
        return base
    }

    private func need<Output>(_ outcome: Calls.Outcome<Output>) throws -> Output {
        guard case .ok(let output) = outcome else { throw LoadError(description: "signing up failed: \(outcome)") }
        return output
    }
}

extension Calls {
    /// Keeps somebody signed in by calls that are repeated under one key, as all others.
    func tokens(_ tokens: RefreshTokens.Output, of tenant: Tenant) -> TokenStore {
        TokenStore(Client.Tokens(tokens)) { spent in
            let body = RefreshTokens.Body(refreshToken: try valid(spent))
            switch await make(RefreshTokens(), body: body, "renew", of: tenant, as: nil, twinShare: 0) {
            case .ok(let fresh): return Client.Tokens(fresh)
            case .refused(let problem): throw problem
            case .open: throw TransportError(isPassing: true, "tokens could not be renewed")
            }
        }
    }
}

extension Client.Tokens {
    init(_ tokens: RefreshTokens.Output) {
        self.init(
            accessToken: tokens.accessToken, refreshToken: tokens.refreshToken,
            expiresAt: Date().addingTimeInterval(Double(tokens.expiresIn)))
    }
}
