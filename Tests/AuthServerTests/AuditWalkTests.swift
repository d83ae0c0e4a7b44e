import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct AuditWalkTests {
    /// Writing operations that leave no row with an actor, each with its reason.
    private static let silent: [String: String] = [
        "ConfirmEmailChange": "nobody is signed in: the person's new address is logged as done by the operation",
        "ConfirmEmailVerification": "nobody is signed in, and no organization is concerned",
        "ForgotPassword": "nobody is signed in, and whether there is an account must not be told",
        "RefreshTokens": "goes on with a login session that has its row, every five minutes",
    ]

    @Test("S1-03: every write route leaves a row in the audit log with the actor's id") func everyWriteRouteLeavesARow() async throws {
        try await withAuth { auth, database in
            let made = try await auth.signUp("iron-temple")
            var people = [made.owner.id]
            let token = made.tokens.accessToken

            try await locations(auth, token)
            let trainer = try await auth.call(
                CreateTrainer(), body: .init(fullName: "Tim Trainer", email: EmailAddress(rawValue: "tim@example.com")!), token: token)
            try await auth.call(UpdateTrainer(trainerID: trainer.id), body: .init(fullName: "Tom Trainer"), token: token)
            try await auth.call(DeleteTrainer(trainerID: trainer.id), token: token)
            let member = try await auth.addMember("Mia Member", token: token)
            try await auth.call(UpdateMember(memberID: member.id), body: .init(fullName: "Mia M."), token: token)
            try await auth.call(DeleteMember(memberID: member.id), token: token)
            people.append(try await auth.join("guest@example.com", token: token, database).person.id)
            try await signingIn(auth, token)
            people.append(try await links(auth, database))
            try await secondFactor(auth, token, database)
            try await database.passMailPause()
            _ = try await auth.changePassword(ServiceUnderTest.password.rawValue, to: "another long phrase", token: token)

            let unlogged = try await database.unlogged(AuthContract.self, by: people)
            #expect(unlogged == Self.silent.keys.sorted())
        }
    }

    private func locations(_ auth: ServiceUnderTest, _ token: String) async throws {
        let address = Address(street: "1 Main St", city: "Toronto", province: "ON", postalCode: "M5V 1A1", country: "CA")
        let east = try await auth.call(CreateLocation(), body: .init(name: "East", address: address), token: token)
        let west = try await auth.call(CreateLocation(), body: .init(name: "West", address: address), token: token)
        try await auth.call(UpdateLocation(locationID: east.id), body: .init(name: "Far East"), token: token)
        try await auth.call(MoveLocation(locationID: east.id), body: .init(parentID: west.id), token: token)
        try await auth.call(DetachLocation(locationID: east.id), token: token)
        try await auth.call(DeleteLocation(locationID: east.id), token: token)
    }

    private func signingIn(_ auth: ServiceUnderTest, _ token: String) async throws {
        let first = try await auth.login("iron-temple@example.com")
        try await auth.call(Logout(), token: try await auth.refresh(first).accessToken)
        _ = try await auth.login("iron-temple@example.com")
        let sessions = try await auth.call(ListLoginSessions(), token: token).data
        try await auth.call(EndLoginSession(loginSessionID: try #require(sessions.first { !$0.isCurrent }?.id)), token: token)
    }

    /// - Returns: whoever followed them.
    private func links(_ auth: ServiceUnderTest, _ database: TestDatabase) async throws -> PersonID {
        let made = try await auth.signUp("steel-hall")
        try await database.passMailPause()
        try await auth.call(SendEmailVerification(), token: made.tokens.accessToken)
        try await auth.verify(database)
        _ = try await auth.changeEmail(to: "new@example.com", token: made.tokens.accessToken)
        _ = try await auth.confirmChange(try await auth.link(.changeEmail, database))
        try await database.passMailPause()
        try await auth.forgot("new@example.com")
        _ = try await auth.reset(try await auth.link(.resetPassword, database))
        return made.owner.id
    }

    private func secondFactor(_ auth: ServiceUnderTest, _ token: String, _ database: TestDatabase) async throws {
        let app = try await auth.enrol(token, database)
        let password = EnteredPassword(rawValue: ServiceUnderTest.password.rawValue)!
        _ = try await auth.login("iron-temple@example.com", code: app.code(1))
        let codes = try await auth.call(
            ReplaceRecoveryCodes(), body: .init(password: password, code: SecondFactorCode(rawValue: app.recoveryCodes[0])!), token: token
        ).codes
        try await auth.call(
            RemoveSecondFactor(), body: .init(password: password, code: SecondFactorCode(rawValue: codes[0])!), token: token)
    }
}
