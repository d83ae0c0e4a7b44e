import ContractKit
import Foundation
import Testing

@testable import ServiceKit

@Suite struct StandingsTests {
    private let organization = OrganizationID()
    private let person = PersonID()

    private func refusal(_ standings: Standings, now: Date = Date()) -> ProblemKind? {
        standings.refusal(of: person, in: organization, now: now)
    }

    @Test func theOrganizationsComesFirst() {
        let standings = Standings()
        #expect(refusal(standings) == nil)
        standings.set(person.rawValue, .suspended, version: 2, at: Date())
        #expect(refusal(standings) == .accountSuspended)
        standings.set(organization.rawValue, .suspended, version: 2, at: Date())
        #expect(refusal(standings) == .organizationSuspended)
        standings.set(organization.rawValue, .deleted, version: 3, at: Date())
        #expect(refusal(standings) == .notFound)
        #expect(standings.refusal(of: PersonID(), in: OrganizationID(), now: Date()) == nil)
        standings.set(organization.rawValue, .active, version: 4, at: Date())
        standings.set(person.rawValue, .active, version: 3, at: Date())
        #expect(refusal(standings) == nil)
    }

    @Test func whatIsSaidAgainChangesNothing() {
        let standings = Standings()
        standings.set(organization.rawValue, .suspended, version: 2, at: Date())
        standings.set(organization.rawValue, .active, version: 3, at: Date())
        standings.set(organization.rawValue, .suspended, version: 2, at: Date())
        #expect(refusal(standings) == nil)
    }

    @Test func itIsForgottenWithTheLastToken() {
        let (standings, now) = (Standings(), Date())
        standings.set(organization.rawValue, .suspended, version: 2, at: now)
        // A token of five minutes, and clocks that are half a minute apart.
        #expect(refusal(standings, now: now.addingTimeInterval(330)) == .organizationSuspended)
        #expect(refusal(standings, now: now.addingTimeInterval(361)) == nil)
        standings.set(person.rawValue, .suspended, version: 2, at: now.addingTimeInterval(-361))
        #expect(standings.refusal(of: person, in: OrganizationID(), now: now) == nil)
    }
}
