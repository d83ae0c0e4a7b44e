import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres
import ServiceKit

/// What concerns an account in every organization that it is known in. The transaction ends up in one of them.
extension AuthParts {
    /// Whoever is signed in to the account is out, but for the login session `kept`.
    func endLoginSessions(
        of account: AccountID, _ reason: LoginSessionEnded.EndReason, except kept: LoginSessionID? = nil, now: Date, in tx: Transaction
    ) async throws {
        for place in try await people.places(of: account, in: tx) {
            try await tx.enter(Tenant(place.organizationID, person: place.personID))
            try await loginSessions.endAll(place.organizationID, place.personID, reason, except: kept, now: now, in: tx)
        }
    }

    /// Tells every process how an account stands, wherever it is known; a deleted one is signed out.
    func tell(of account: AccountID, _ standing: Standing, version: Int64, now: Date, in tx: Transaction) async throws {
        for place in try await people.places(of: account, in: tx) {
            try await tx.enter(Tenant(place.organizationID))
            if standing == .deleted {
                try await loginSessions.endAll(place.organizationID, place.personID, .accountDeleted, now: now, in: tx)
            }
            try await tx.emit(
                StandingChanged(
                    organizationID: place.organizationID, personID: place.personID, standing: standing, version: version))
        }
    }

    /// Where the account was known by its `old` address it is known by the `new` one, unless that is somebody else's there.
    func readdress(
        _ account: AccountID, from old: EmailAddress, to new: EmailAddress, now: Date, in tx: Transaction
    ) async throws {
        for place in try await people.places(of: account, in: tx) {
            try await tx.enter(Tenant(place.organizationID))
            guard var person = try await people.find(place.organizationID, place.personID, locked: true, in: tx),
                person.email?.normalized == old.normalized,
                try await people.isFree(new, for: person, in: tx)
            else { continue }
            person.email = new
            _ = try await people.save(person, now: now, in: tx)
        }
    }

    /// What strangers can guess of the account's holder, and nobody may choose as a password.
    func knownWords(of account: AccountID, _ email: EmailAddress, in tx: Transaction) async throws -> [String] {
        PasswordRules.words(of: email) + (try await people.places(of: account, in: tx)).compactMap(\.slug?.rawValue)
    }
}
