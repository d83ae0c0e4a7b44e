import ContractKit
import Testing

@Suite struct AccessTests {
    @Test func `A permission reaches through the organization, a role to one's own`() {
        #expect(SaveShelf.access.scope(for: [.admin]) == .organization)
        #expect(SaveShelf.access.scope(for: [.trainer]) == .own([.trainer]))
        #expect(SaveShelf.access.scope(for: [.trainer, .owner]) == .organization)
        #expect(SaveShelf.access.scope(for: [.member]) == nil)
        #expect(SaveShelf.access.scope(for: []) == nil)
    }

    @Test func `Whoever works at some locations only has no say over the whole`() {
        for role in Role.allCases {
            for permission in Permission.allCases {
                let access = Access.any(.staff(permission), .own(.member))
                let expected =
                    Permission.ofTheWhole.contains(permission) ? (role == .member ? .own([.member]) : nil) : access.scope(for: [role])
                #expect(access.scope(for: [role], isBound: true) == expected, "\(permission) as \(role)")
            }
        }
        #expect(Access.any(.staff(.manageOrganization)).scope(for: [.admin]) == .organization)
    }

    @Test func `Whoever is signed in reaches what is theirs`() {
        #expect(Access.signedIn.scope(for: [.member]) == .own([.member]))
        #expect(Access.signedIn.scope(for: []) == .own([]))
    }

    @Test func `Success has the status that its kind of call has`() {
        #expect(SaveShelf.success == 200)
        #expect(ListShelves.success == 200)
        #expect(EmptyShelf.success == 204)
        #expect(!ListShelves.hasBody && SaveShelf.hasBody && EmptyShelf.hasBody)
    }

    @Test func `A problem says what kind it is`() throws {
        let problem = Problem(.accountBusy, detail: "Later", retryAfter: 3)
        let back = try JSON.decode(Problem.self, from: JSON.encode(problem))
        #expect(back == problem)
        #expect(back.isA(.accountBusy) && back.status == 423)
        #expect(Set(ProblemKind.shared.map(\.slug)).count == ProblemKind.shared.count)
    }
}

extension ProblemKind {
    fileprivate static let accountBusy = ProblemKind("account-busy", 423, "The account is busy")
}
