import AuthContract
import ContractKit
import Foundation
import Postgres

/// The one way to a password that somebody chooses.
extension AuthParts {
    /// - Parameters:
    ///   - words: What strangers know of its owner, which is refused.
    ///   - pointer: Where it stands in the body.
    ///   - address: The client's.
    /// - Throws: ``Problem`` `.validation` for one that is guessed first; otherwise as ``PasswordHasher/hash(_:from:)``.
    func hash(
        chosen password: Password, knowing words: [String], at pointer: String = "#/password", from address: String
    ) async throws -> PasswordHash {
        try PasswordRules.check(password, knowing: words, at: pointer)
        let place = NetworkPlace(address)
        if let breached, try await passwords.thread.run(from: place, { breached.holds(password.rawValue) }) {
            throw Problem.invalid(pointer, "was stolen elsewhere and stands in a list for guessing")
        }
        return try await passwords.hash(password.rawValue, from: place)
    }

    /// For somebody who is new in an organization.
    func hash(
        chosen password: Password, for email: EmailAddress?, in organization: OrganizationID, from address: String
    ) async throws -> PasswordHash {
        let known = try await database.transaction(as: Tenant(organization), readOnly: true) { tx in
            try await organizations.find(organization, in: tx)
        }
        let words = (email.map(PasswordRules.words) ?? []) + [known?.slug.rawValue, known?.name.rawValue].compactMap(\.self)
        return try await hash(chosen: password, knowing: words, from: address)
    }
}
