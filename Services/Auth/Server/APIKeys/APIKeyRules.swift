import AuthContract
import ContractKit
import Foundation

/// A key that was found for its secret, as what it may do was when it was looked at.
struct UsableKey: Sendable, Decodable {
    var personID: PersonID
    var roles: [Role]
    var locationIDs: [LocationID]
    var scopes: [KeyScope]
    var expiresAt: Date?

    /// What of it a token is for.
    ///
    /// - Parameter asked: Nil for all.
    /// - Throws: ``Problem`` `.invalidScope` for what the key has not.
    func granted(_ asked: KeyScopes?) throws(Problem) -> [KeyScope] {
        guard let asked else { return scopes }
        guard Set(asked.scopes).isSubset(of: scopes) else { throw Problem(.invalidScope) }
        return asked.scopes
    }

    /// In seconds: no token outlives its key.
    func lifetime(atMost longest: Int, now: Date) -> Int {
        guard let expiresAt else { return longest }
        return min(longest, max(1, Int(expiresAt.timeIntervalSince(now))))
    }
}

extension CreateAPIKey.Body {
    /// - Throws: ``Problem`` that names what cannot be.
    func check(now: Date) throws(Problem) {
        guard (1...KeyScopes.most).contains(scopes.count), Set(scopes).count == scopes.count else {
            throw .invalid("#/scopes", "must be 1 to \(KeyScopes.most), each once")
        }
        if let expiresAt, expiresAt <= now { throw .invalid("#/expires_at", "must lie in the future") }
    }
}
