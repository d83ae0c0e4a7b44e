/// What does something in a transaction, and where the request for it came from: what the audit log keeps beside the tenant's person.
public struct Origin: Sendable, Hashable {
    /// An operation (`BookSession`), a reaction (`reaction:bill-session`) or a job (`job:expired-login-sessions`).
    public var by: String
    public var requestID: String
    /// An IP address in text, or nothing.
    public var address: String
    /// In one line of at most 200 characters, or nothing.
    public var userAgent: String
    /// An id in text, or nothing.
    public var loginSession: String

    public init(by: String, requestID: String = "", address: String = "", userAgent: String = "", loginSession: String = "") {
        self.by = by
        self.requestID = requestID
        self.address = address
        self.userAgent = userAgent
        self.loginSession = loginSession
    }

    /// What the trigger takes apart again: `audit()` in deploy/postgres/service.
    var setting: String { "\(by)\n\(requestID)\n\(address)\n\(userAgent)\n\(loginSession)" }
}
