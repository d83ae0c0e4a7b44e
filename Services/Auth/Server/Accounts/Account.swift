import AuthContract
import ContractKit
import Foundation

/// One human who can sign in, whatever organizations they are in.
struct Account: Decodable, Sendable {
    var accountID: AccountID
    /// Sealed: ``AccountStore/address(of:)`` opens it.
    var email: Data
    var passwordHash: String
    var pepperKid: String
    /// Whether somebody has proved to read mail at the address.
    var isVerified: Bool
    var lastLoginAt: Date?
    /// Counts up when the password or the address changes: what was proved by the one before proves nothing any more.
    var version: Int64

    var password: PasswordHash { PasswordHash(text: passwordHash, pepperID: pepperKid) }
}
