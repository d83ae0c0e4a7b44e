import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import TestSupport
import Testing

@testable import AuthServer

/// A mail that auth asked for, opened as notifications does.
struct MailedLink: Sendable {
    let purpose: AccountLinkCreated.Purpose
    let email: String
    let token: SecretText?
    let event: AccountLinkCreated
}

extension ServiceUnderTest {
    /// Everything that was mailed, oldest first.
    func mailed(_ database: TestDatabase) async throws -> [MailedLink] {
        let ring = try keys.ring()
        return try await database.said(AccountLinkCreated.self).map { event in
            let token = try event.token.map { try ring.open($0, context: PersonSaved.context("account_link", event.personID)) }
            return MailedLink(
                purpose: event.purpose, email: try ring.open(event.email, context: PersonSaved.context("email", event.personID)),
                token: token.flatMap { SecretText(rawValue: $0) }, event: event)
        }
    }

    /// The secret of the newest link for a purpose.
    func link(_ purpose: AccountLinkCreated.Purpose, _ database: TestDatabase) async throws -> SecretText {
        try #require(try await mailed(database).last { $0.purpose == purpose }?.token)
    }

    func verify(_ database: TestDatabase) async throws {
        _ = try await call(ConfirmEmailVerification(), body: .init(token: link(.verifyEmail, database)))
    }

    func forgot(_ email: String) async throws {
        _ = try await call(ForgotPassword(), body: .init(email: EmailAddress(rawValue: email)!))
    }

    func reset(_ token: SecretText, _ password: String = "my own password", idempotencyKey: String? = nil) async throws -> NoContent {
        try await call(
            ResetPassword(), body: .init(token: token, password: Password(rawValue: password)!), idempotencyKey: idempotencyKey)
    }

    func changePassword(_ current: String, to password: String, token: String) async throws -> NoContent {
        try await call(
            ChangePassword(),
            body: .init(currentPassword: EnteredPassword(rawValue: current)!, password: Password(rawValue: password)!), token: token)
    }

    func changeEmail(
        to email: String, _ password: String = ServiceUnderTest.password.rawValue, token: String
    ) async throws -> NoContent {
        try await call(
            ChangeEmail(), body: .init(email: EmailAddress(rawValue: email)!, password: EnteredPassword(rawValue: password)!), token: token)
    }

    func confirmChange(_ token: SecretText) async throws -> NoContent {
        try await call(ConfirmEmailChange(), body: .init(token: token))
    }

    /// The owner of one organization joins another as a member. - Returns: who they are there.
    func join(_ email: String, token owner: String, _ database: TestDatabase) async throws -> (person: Person, tokens: Tokens) {
        let person = try await addMember("Olive Owner", email: email, token: owner)
        let body = AcceptInvitation.Body(token: try await invitationToken(in: database), password: Self.password)
        return (person, try #require(try await call(AcceptInvitation(), body: body).tokens))
    }
}

extension TestDatabase {
    /// Lets a minute pass for those who ask for mails.
    func passMailPause() async throws { try await sql("update auth.mail_allowances set counted_at = counted_at - interval '61 seconds'") }

    func liveLoginSessions() async throws -> String {
        try await sql("select count(*) from auth.login_sessions where ended_at is null").trimmingCharacters(in: .newlines)
    }
}
