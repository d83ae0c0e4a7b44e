import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct StepUpTests {
    private let key = CreateAPIKey.Body(name: "Till", scopes: [.example])
    private func password(_ text: String = ServiceUnderTest.password.rawValue) -> EnteredPassword { EnteredPassword(rawValue: text)! }

    /// An owner who signed in six minutes ago.
    private func early(_ auth: ServiceUnderTest, _ database: TestDatabase) async throws -> (token: String, made: CreateOrganization.Output)
    {
        let made = try await auth.signUp("iron-temple")
        let session = LoginSessionID(now: Date() - 361)
        try await database.sql("update auth.login_sessions set login_session_id = '\(session)'")
        return (try await auth.token(organization: made.organization.id, person: made.owner.id, session: session), made)
    }

    @Test func whatOutlivesALoginSessionTakesAFreshSignIn() async throws {
        try await withAuth { auth, database in
            let (token, made) = try await early(auth, database)
            let refused = try await problem { try await auth.call(CreateAPIKey(), body: key, token: token) }
            #expect(refused?.isA(.stepUpRequired) == true && refused?.status == 401)
            let answer = try await auth.request("POST", "/v1/api-keys", token: token, json: "{}")
            #expect(answer.headers["www-authenticate"]?.contains("insufficient_user_authentication") == true)
            // Everything else goes on.
            _ = try await auth.call(ListAPIKeys(), token: token)
            let fresh = try await auth.token(
                organization: made.organization.id, person: made.owner.id, session: LoginSessionID(now: Date() - 280))
            _ = try await auth.call(CreateAPIKey(), body: key, token: fresh)

            #expect(
                try await problem { try await auth.call(StepUp(), body: .init(password: password("wrong")), token: token) }?
                    .isA(.invalidCredentials) == true)
            let proved = try await auth.call(StepUp(), body: .init(password: password()), token: token)
            #expect(proved.expiresIn == 300)
            _ = try await auth.call(CreateAPIKey(), body: key, token: proved.accessToken)
            // It is the same login session, and ends with it.
            #expect(
                try await auth.call(GetMe(), token: proved.accessToken).loginSessionID
                    == auth.call(GetMe(), token: token).loginSessionID)
            _ = try await auth.call(Logout(), token: token)
            #expect(try await problem { try await auth.call(StepUp(), body: .init(password: password()), token: token) }?.status == 401)
        }
    }

    /// Those that guard a factor, the password or the address take the proof in the call itself.
    private static let dangerous = [
        "AddRole", "BeginPasskeyRegistration", "CreateAPIKey", "DeleteOrganization", "DeletePasskey", "DownloadExport",
        "EndLoginSessionsOfPerson", "EraseAccount", "ErasePerson", "ExportAuthData", "ExportPerson", "MergePeople",
        "SetPersonLocations", "SetSignInPolicy",
    ]

    @Test("Row 36: what is dangerous says so, and takes a fresh sign-in") func whatIsDangerousTakesAFreshSignIn() async throws {
        #expect(AuthContract.operations.filter { $0.needsFreshSignIn }.map { $0.name }.sorted() == Self.dangerous)
        try await withAuth { auth, database in
            let (token, made) = try await early(auth, database)
            for operation in AuthContract.operations where operation.needsFreshSignIn {
                let refused = try await auth.refusal(of: operation, token: token)
                #expect(refused?.isA(.stepUpRequired) == true, "\(operation.name)")
            }
            let fresh = try await auth.token(
                organization: made.organization.id, person: made.owner.id, session: LoginSessionID(now: Date()))
            let answered = try await auth.refusal(of: EndLoginSessionsOfPerson.self, token: fresh)
            #expect(answered?.status == 404)
        }
    }

    @Test func whoHasASecondFactorStepsUpWithBoth() async throws {
        try await withAuth { auth, database in
            let (token, _) = try await early(auth, database)
            let app = try await auth.enrol(token, database)
            func stepUp(_ code: String?) async throws -> StepUp.Output {
                try await auth.call(
                    StepUp(), body: .init(password: password(), code: code.map { SecondFactorCode(rawValue: $0)! }), token: token)
            }
            for code in [nil, app.code(40)] {
                #expect(try await problem { try await stepUp(code) }?.isA(.invalidSecondFactor) == true)
            }
            let proved = try await stepUp(app.code(1))
            _ = try await auth.call(CreateAPIKey(), body: key, token: proved.accessToken)
            #expect(try await problem { try await stepUp(app.code(1)) }?.isA(.invalidSecondFactor) == true)
        }
    }
}
