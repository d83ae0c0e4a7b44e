import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import AuthServer

@Suite struct SignInPolicyTests {
    private func gym(
        _ body: @escaping @Sendable (Staff, TestDatabase) async throws -> Void
    ) async throws {
        try await withAuth { auth, database in
            let staff = try await Staff(auth)
            try await database.sql("update auth.accounts set email_verified_at = now()")
            try await body(staff, database)
        }
    }

    private func ask(_ isAsked: Bool = true, in staff: Staff, token: String? = nil) async throws {
        let policy = SignInPolicy(requiresSecondFactor: isAsked)
        #expect(try await staff.auth.call(SetSignInPolicy(), body: policy, token: token ?? staff.owner) == policy)
    }

    @Test("S2-05: where staff are asked for a second factor, the password alone reaches nothing but adding one")
    func thePasswordAloneReachesNothing() async throws {
        try await gym { staff, database in
            let auth = staff.auth
            let tina = try await staff.trainer("Tina")
            try await ask(in: staff)
            let tokens = try await auth.login("tina@example.com")
            for operation in AuthContract.operations where operation.access != .everyone && !operation.access.isPlatform {
                if operation.servesEnrolment { continue }
                let refused = try await auth.refusal(of: operation, token: tokens.accessToken)
                #expect(refused?.isA(.secondFactorNeeded) == true && refused?.status == 403, "\(operation.name)")
            }
            // What everybody may do they may do as well, as nobody in particular.
            _ = try await auth.call(BeginPasskeySignIn(), token: tokens.accessToken)
            #expect(try await auth.call(GetMe(), token: tokens.accessToken).person.id == tina.id)
            // A fresh sign-in is none of both.
            let password = EnteredPassword(rawValue: ServiceUnderTest.password.rawValue)!
            let stepped = try await auth.call(StepUp(), body: .init(password: password), token: tokens.accessToken).accessToken
            #expect(try await problem { try await auth.call(ListMembers(), token: stepped) }?.isA(.secondFactorNeeded) == true)

            let app = try await auth.enrol(tokens.accessToken, database)
            #expect(try await problem { try await auth.call(ListMembers(), token: tokens.accessToken) }?.status == 403)
            let next = try await auth.refresh(tokens)
            _ = try await auth.call(ListMembers(), token: next.accessToken)
            let both = try await auth.login("tina@example.com", code: app.code(1))
            _ = try await auth.call(ListMembers(), token: both.accessToken)
            let sessions = try await auth.call(ListLoginSessions(), token: both.accessToken).data
            #expect(sessions.map(\.hasSecondFactor) == [true, true, false])
        }
    }

    @Test func whoIsSignedInAlreadyIsAskedAtTheNextRefresh() async throws {
        try await gym { staff, database in
            let auth = staff.auth
            _ = try await staff.trainer("Tina")
            var tokens = try await auth.login("tina@example.com")
            try await ask(in: staff)
            tokens = try await auth.refresh(tokens)
            #expect(try await problem { try await auth.call(ListMembers(), token: tokens.accessToken) }?.isA(.secondFactorNeeded) == true)
            try await ask(false, in: staff)
            tokens = try await auth.refresh(tokens)
            _ = try await auth.call(ListMembers(), token: tokens.accessToken)
        }
    }

    @Test func membersAreNotAskedAndOtherOrganizationsNeither() async throws {
        try await gym { staff, database in
            let auth = staff.auth
            _ = try await auth.addMember("Mia", email: "mia@example.com", password: ServiceUnderTest.password, token: staff.owner)
            _ = try await auth.signUp("steel-hall")
            try await ask(in: staff)
            for email in ["mia@example.com", "steel-hall@example.com"] {
                let token = try await auth.login(email).accessToken
                _ = try await auth.call(GetAccount(), token: token)
            }
        }
    }

    @Test("Row 38: a passkey is the second factor that is asked for") func aPasskeyWillDo() async throws {
        try await gym { staff, database in
            let auth = staff.auth
            _ = try await staff.trainer("Tina")
            try await database.sql("update auth.accounts set email_verified_at = now()")
            try await ask(in: staff)
            let tokens = try await auth.login("tina@example.com")
            var authenticator = SoftwareAuthenticator()
            try await auth.add(&authenticator, token: tokens.accessToken)
            _ = try await auth.call(ListMembers(), token: try await auth.refresh(tokens).accessToken)
            let signedIn = try await auth.signIn(with: &authenticator)
            _ = try await auth.call(ListMembers(), token: signedIn.accessToken)
            // By the password alone it is not: nothing shows that the authenticator is there.
            let again = try await auth.login("tina@example.com")
            #expect(try await problem { try await auth.call(ListMembers(), token: again.accessToken) }?.isA(.secondFactorNeeded) == true)
            // And it must not be enough to add something in the passkey's place.
            let password = EnteredPassword(rawValue: ServiceUnderTest.password.rawValue)!
            func adding<O: APIOperation>(_ operation: O, _ body: O.Body) async throws -> Bool? {
                try await problem { try await auth.call(operation, body: body, token: again.accessToken) }?.isA(.secondFactorNeeded)
            }
            #expect(
                try await problem { try await auth.call(BeginPasskeyRegistration(), token: again.accessToken) }?
                    .isA(.secondFactorNeeded) == true)
            #expect(try await adding(EnrolSecondFactor(), .init(password: password)) == true)
            #expect(try await adding(EnableMailedCodes(), .init(password: password)) == true)
            let answer = try authenticator.sign(try await auth.call(BeginPasskeySignIn()).challenge)
            let stepped = try await auth.call(StepUpWithPasskey(), body: answer, token: again.accessToken)
            _ = try await auth.call(ListMembers(), token: stepped.accessToken)
            _ = try await auth.call(BeginPasskeyRegistration(), token: stepped.accessToken)
        }
    }

    @Test func thePolicyIsTheStaffsToSet() async throws {
        try await gym { staff, database in
            let auth = staff.auth
            let tina = try await staff.trainer("Tina")
            let policy = SignInPolicy(requiresSecondFactor: true)
            #expect(try await problem { try await auth.call(SetSignInPolicy(), body: policy, token: tina.token) }?.status == 403)
            #expect(try await auth.call(GetSignInPolicy(), token: staff.owner).requiresSecondFactor == false)
            try await ask(in: staff)
            #expect(try await auth.call(GetSignInPolicy(), token: staff.owner) == policy)
            let logged = try await database.sql("select new_values from auth.audit_log where by = 'SetSignInPolicy'")
            #expect(logged.contains("requires_second_factor"))
        }
    }
}

extension ServiceUnderTest {
    /// The problem that an operation is answered with, called as its declaration's example has it; nil when it is answered otherwise.
    func refusal<O: APIOperation>(of operation: O.Type, token: String) async throws -> Problem? {
        let path = try SchemaRecorder.example(of: operation).target()
        let body = O.hasBody ? try JSON.encode(try SchemaRecorder.example(of: O.Body.self)) : nil
        let answer = try await request(
            O.route.method.rawValue, path, token: token, headers: O.hasBody ? ["Content-Type": "application/json"] : [:], body: body)
        return answer.status >= 400 ? try answer.problem : nil
    }
}
