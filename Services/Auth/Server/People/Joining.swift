import AuthContract
import ContractKit
import Foundation
import Postgres

extension AuthParts {
    /// Adds somebody to an organization: with a password's hash they have an account at once, else they are invited where they can be.
    func join(_ person: PersonRecord, password: PasswordHash?, now: Date, in tx: Transaction) async throws -> PersonRecord {
        var person = person
        if let password {
            guard let email = person.email else { throw Problem.invalid("#/email", "is needed to sign in with a password") }
            person.accountID = try await accounts.insert(email, password, isVerified: false, now: now, in: tx)
        }
        try await people.insert(person, in: tx)
        if person.needsInvitation(before: nil) { try await invitations.invite(person, now: now, in: tx) }
        return person
    }
}
