public import Foundation

/// The tokens of a signed-in person.
public struct Tokens: Codable, Sendable, Hashable {
    public var accessToken: String
    public var refreshToken: String
    /// When the access token runs out.
    public var expiresAt: Date

    public init(accessToken: String, refreshToken: String, expiresAt: Date) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresAt = expiresAt
    }
}

/// Keeps the tokens fresh. However many calls find the access token run out, it is renewed once: the server takes the second
/// use of a refresh token for theft and ends the login session.
public actor TokenStore {
    /// Trades a refresh token for new tokens: the call of `POST /v1/auth/refresh`, and whatever the app does besides.
    public typealias Refresh = @Sendable (_ refreshToken: String) async throws -> Tokens

    /// Renewed this long before it runs out, so that it does not do so on the way.
    private static let margin: TimeInterval = 15

    private var tokens: Tokens?
    private var renewal: Task<Tokens, any Error>?
    private let refresh: Refresh
    private let now: @Sendable () -> Date

    public init(_ tokens: Tokens?, now: @escaping @Sendable () -> Date = { Date() }, refresh: @escaping Refresh) {
        self.tokens = tokens
        self.now = now
        self.refresh = refresh
    }

    /// Signs in with `tokens`, or out with nil.
    public func set(_ tokens: Tokens?) {
        self.tokens = tokens
        renewal = nil
    }

    /// What to keep for the next start of the app.
    public var stored: Tokens? { tokens }

    /// An access token that is good for a moment at least; nil when nobody is signed in.
    public func current() async throws -> String? {
        guard let tokens else { return nil }
        if now().addingTimeInterval(Self.margin) < tokens.expiresAt { return tokens.accessToken }
        return try await renewed(from: tokens)
    }

    /// A token in place of one that was refused; nil when nobody is signed in any more.
    func replacement(for refused: String) async throws -> String? {
        guard let tokens else { return nil }
        // Somebody else has renewed it meanwhile.
        if tokens.accessToken != refused { return tokens.accessToken }
        return try await renewed(from: tokens)
    }

    private func renewed(from old: Tokens) async throws -> String {
        let task = renewal ?? Task { [refresh] in try await refresh(old.refreshToken) }
        renewal = task
        do {
            let fresh = try await task.value
            // Signing in or out while we waited wins.
            if renewal == task { (tokens, renewal) = (fresh, nil) }
            return tokens?.accessToken ?? fresh.accessToken
        } catch {
            if renewal == task { renewal = nil }
            throw error
        }
    }
}
