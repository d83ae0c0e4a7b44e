import AuthContract
import ContractKit
import TestSupport
import Testing

@testable import AuthServer

/// A trainer who is signed in.
struct SignedInTrainer: Sendable {
    var id: PersonID
    var token: String
}

/// A gym with whom its tests need.
struct Staff: Sendable {
    let auth: ServiceUnderTest
    let organization: OrganizationID
    let owner: String

    init(_ auth: ServiceUnderTest, slug: String = "iron-temple", kind: OrganizationKind = .gym) async throws {
        self.auth = auth
        let made = try await auth.signUp(slug, kind: kind)
        (organization, owner) = (made.organization.id, made.tokens.accessToken)
    }

    /// - Parameter name: Also the first part of the address.
    func trainer(_ name: String) async throws -> SignedInTrainer {
        let email = EmailAddress(rawValue: "\(name.lowercased())@example.com")!
        let made = try await auth.call(
            CreateTrainer(), body: .init(fullName: Line(rawValue: name)!, email: email, password: ServiceUnderTest.password), token: owner)
        return SignedInTrainer(id: made.id, token: try await auth.login(email.rawValue).accessToken)
    }

    func member(_ name: Line, by token: String? = nil) async throws -> Person { try await auth.addMember(name, token: token ?? owner) }

    func location(_ name: Line) async throws -> Location {
        let address = Address(street: "1 King St W", city: "Toronto", province: "ON", postalCode: "M5H 1A1", country: "Canada")
        return try await auth.call(CreateLocation(), body: .init(name: name, address: address), token: owner)
    }

    func members(of trainer: SignedInTrainer? = nil, seenBy token: String) async throws -> [PersonID] {
        try await auth.call(ListMembers(trainerID: trainer?.id), token: token).data.map(\.id)
    }

    func trainers(of member: Person, seenBy token: String? = nil) async throws -> [PersonID] {
        try await auth.call(ListAssignments(memberID: member.id), token: token ?? owner).data.map(\.trainerID)
    }

    @discardableResult
    func assign(_ trainer: SignedInTrainer, to member: Person) async throws -> [Assignment] {
        try await auth.call(AssignTrainer(memberID: member.id, trainerID: trainer.id), token: owner).data
    }

    /// The status with which somebody is refused to read a member; nil when they are not.
    func refusal(of trainer: SignedInTrainer, to member: Person) async throws -> Int? {
        try await problem { try await auth.call(GetMember(memberID: member.id), token: trainer.token) }?.status
    }
}

/// Runs auth with a gym in it.
func withStaff(_ body: @escaping @Sendable (Staff, TestDatabase) async throws -> Void) async throws {
    try await withAuth { auth, database in try await body(try await Staff(auth), database) }
}
