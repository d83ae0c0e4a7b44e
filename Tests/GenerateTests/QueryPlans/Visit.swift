import ContractKit
import Foundation
import ServiceKit
import TestSupport
import Testing

/// What a common query is asked about, and by whom: somebody of the second biggest organization, which holds a fifth of all rows.
struct Visit: Sendable {
    enum Asker { case owner, trainer, member }

    let service: ServiceUnderTest
    let place: Place
    /// Of the page that is asked for.
    let limit: PageLimit
    /// Counts from 0: who changes something changes another thing each time.
    let attempt: Int

    /// Calls a declared operation.
    @discardableResult func ask<O: APIOperation>(_ operation: O, by asker: Asker = .member) async throws -> O.Output
    where O.Body == NoBody { try await ask(operation, NoBody(), by: asker) }

    @discardableResult func ask<O: APIOperation>(_ operation: O, _ body: O.Body, by asker: Asker = .member) async throws -> O.Output {
        let (role, person): (Role, PersonID) =
            switch asker {
            case .owner: (.owner, place.owner)
            case .trainer: (.trainer, place.trainer)
            case .member: (.member, place.member)
            }
        let token = try await service.token(
            roles: [role], organization: place.organization, person: person, session: place.loginSession)
        return try await service.call(operation, body: body, token: token, idempotencyKey: UUID().uuidString)
    }
}

/// Ids of one organization.
struct Place: Sendable {
    let organization: OrganizationID
    let owner: PersonID
    let trainer: PersonID
    let member: PersonID
    let loginSession: LoginSessionID
    let location: LocationID
    /// Members with a year behind them.
    let members: [PersonID]
    /// Ahead, with places, and without the member.
    let open: [SessionID]
    /// Over, but nobody has said so.
    let held: [SessionID]
    let drafts: [InvoiceID]
    let workouts: [WorkoutID]
    let exercise: ExerciseID
    let notifications: [Identifier<Void>]

    init(_ database: TestDatabase, _ organization: OrganizationID) async throws {
        func ids<Tag>(_ query: String) async throws -> [Identifier<Tag>] {
            let rows = try await database.sql(query.replacing("ORG", with: "organization_id = '\(organization)'"))
            return rows.split(separator: "\n").compactMap { Identifier(String($0)) }
        }
        func first<Tag>(_ query: String) async throws -> Identifier<Tag> {
            let found: [Identifier<Tag>] = try await ids(query)
            return try #require(found.first)
        }
        self.organization = organization
        owner = try await first("select person_id from auth.people where ORG and 'owner' = any(roles)")
        trainer = try await first("select person_id from auth.people where ORG and 'trainer' = any(roles) order by 1")
        members = try await ids("select person_id from auth.people where ORG and roles = '{member}' order by 1")
        let member = members[7]
        self.member = member
        loginSession = try await first("select login_session_id from auth.login_sessions where ORG and person_id = '\(member)'")
        location = try await first("select location_id from auth.locations where ORG order by 1")
        open = try await ids(
            """
            select id from scheduling.sessions s where ORG and starts_at > now() + interval '1 day' and booked < capacity and not exists (
                select from scheduling.bookings b where b.session_id = s.id and b.member_id = '\(member)') order by starts_at desc limit 50
            """)
        held = try await ids(
            "select id from scheduling.sessions where ORG and status = 'scheduled' and booked > 0 order by starts_at limit 50")
        drafts = try await ids("select invoice_id from billing.invoices where ORG and status = 'draft' order by 1 limit 50")
        workouts = try await ids("select workout_id from workouts.workouts where ORG and member_id = '\(member)' order by 1")
        exercise = try await first("select exercise_id from workouts.exercises where ORG limit 1")
        notifications = try await ids(
            "select notification_id from notifications.notifications where ORG and person_id = '\(member)' order by 1")
    }
}
