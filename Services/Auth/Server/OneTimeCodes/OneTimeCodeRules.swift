import Foundation

/// A code that is mailed.
enum OneTimeCode {
    /// How long it is good for, in seconds: mails take their time.
    static let lifetime = 600.0
    /// That many wrong ones, and the right one is refused as well.
    static let mostTries = 5
    static let digits = 6

    /// - Parameter chance: Below a million.
    static func text(_ chance: Int) -> String {
        let number = String(chance)
        return String(repeating: "0", count: max(0, digits - number.count)) + number
    }
}
