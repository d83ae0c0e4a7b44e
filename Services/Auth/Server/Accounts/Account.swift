import ContractKit
import Foundation

enum AccountTag {}
/// Stays inside this service: others know people.
typealias AccountID = Identifier<AccountTag>

/// An account with the address that it signs in with, opened.
struct AccountAddress: Sendable {
    var accountID: AccountID
    var email: EmailAddress
    var passwordChangedAt: Date
}

/// One human who can sign in, whatever organizations they are in.
struct Account: Decodable, Sendable {
    var accountID: AccountID
    var passwordHash: String
    var pepperKid: String
    /// Whether somebody has proved to read mail at the address.
    var isVerified: Bool

    var password: PasswordHash { PasswordHash(text: passwordHash, pepperID: pepperKid) }
}
