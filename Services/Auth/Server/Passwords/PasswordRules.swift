import AuthContract
import ContractKit
import Foundation

/// Which passwords are refused although they are long enough: those that are guessed first.
enum PasswordRules {
    /// - Parameters:
    ///   - words: What strangers know of whoever chooses it.
    ///   - pointer: Where it stands in the body.
    /// - Throws: ``Problem`` `.validation` with the reason.
    static func check(_ password: Password, knowing words: [String], at pointer: String) throws {
        let text = folded(password.rawValue)
        if CommonPasswords.all.contains(text) { throw Problem.invalid(pointer, "is one of the passwords that are guessed first") }
        let letters = letters(text)
        if !letters.isEmpty, words.contains(where: { Self.letters(folded($0)) == letters }) {
            throw Problem.invalid(pointer, "must not be your email address or your organization's name")
        }
    }

    /// An address, and the part of it that people take for a name.
    static func words(of email: EmailAddress) -> [String] { [email.rawValue, String(email.rawValue.prefix { $0 != "@" })] }

    /// Whoever guesses tries capitals as well.
    private static func folded(_ text: String) -> String { text.precomposedStringWithCompatibilityMapping.lowercased() }

    /// `Iron Temple` and `iron-temple` are one guess.
    private static func letters(_ text: String) -> String { text.filter { $0.isLetter || $0.isNumber } }
}
