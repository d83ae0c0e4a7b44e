import AuthContract
import ContractKit

/// What somebody signs in by. Wrong passwords are counted by it as it was given, and not by whose it is: if two names shared a count, waiting
/// for one would tell that the other belongs to the same account, and that there is one.
enum SignInName: Sendable, Hashable {
    case email(EmailAddress)
    case username(Username)
    /// Of somebody who runs the installation.
    case platform(Username)

    var isEmail: Bool { if case .email = self { true } else { false } }

    /// No two are alike: addresses have an `@`, and usernames have neither that nor a colon.
    var counted: String {
        switch self {
        case .email(let email): email.normalized
        case .username(let name): "username:\(name)"
        case .platform(let name): "platform:\(name)"
        }
    }
}

extension Login.Body {
    /// - Throws: ``Problem`` `.validation` unless one name is given.
    var name: SignInName {
        get throws {
            switch (email, username) {
            case (let email?, nil): .email(email)
            case (nil, let username?): .username(username)
            default: throw Problem.invalid("#/email", "must be given, or a username in its place")
            }
        }
    }
}
