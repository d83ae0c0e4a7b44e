public import ContractKit
public import Foundation
public import Postgres

/// Who makes a call, as the verified access token says.
public struct Caller: Sendable {
    public var personID: PersonID
    public var organizationID: OrganizationID
    public var roles: Set<Role>
    public var loginSessionID: LoginSessionID
    /// How far the operation's access reaches for this caller.
    public var scope: Scope

    public init(
        personID: PersonID, organizationID: OrganizationID, roles: Set<Role>, loginSessionID: LoginSessionID, scope: Scope
    ) {
        self.personID = personID
        self.organizationID = organizationID
        self.roles = roles
        self.loginSessionID = loginSessionID
        self.scope = scope
    }
}

/// One call of an operation, decoded, validated and allowed.
public struct Call<O: APIOperation>: Sendable {
    /// Path and query parameters.
    public var input: O
    public var body: O.Body
    /// Nil only for operations that ``Access/everyone`` may call.
    public var optionalCaller: Caller?
    public var now: Date
    public var requestID: String
    /// The version in `If-Match`; the store guards its UPDATE with it and throws ``Problem`` `.preconditionFailed`.
    public var expectedVersion: Int64?
    /// The client's address as the edge saw it, and its `User-Agent`.
    public var address: String
    public var userAgent: String

    /// - Throws: ``Problem`` `.unauthenticated` on operations without a token.
    public var caller: Caller {
        get throws {
            guard let optionalCaller else { throw Problem(.unauthenticated) }
            return optionalCaller
        }
    }
}

/// A declared operation bound to the code that answers it.
///
/// The handler runs inside a transaction of the caller's organization, together with the row that remembers the
/// `Idempotency-Key`; what it throws rolls both back. It may run again when PostgreSQL asks for it (serialization
/// failures), so it does nothing but read its arguments and use `tx`. What takes long or waits for something outside
/// (hashing a password, an event still on its way) goes into `preparing`, which runs once, before the transaction.
public struct Endpoint: Sendable {
    /// The operation it answers: tests compare these with the contract's list.
    public let operation: any APIOperation.Type
    let answer: @Sendable (Exchange, Surroundings) async throws -> Answer

    public static func handle<O: APIOperation>(
        _ operation: O.Type, _ body: @escaping @Sendable (Call<O>, Transaction) async throws -> O.Output
    ) -> Endpoint {
        let bound = BoundOperation<O, Void>(takesTime: false, preparing: { _ in }) { call, _, tx in try await body(call, tx) }
        return Endpoint(operation: operation) { try await bound.answer($0, $1) }
    }

    public static func handle<O: APIOperation, Prepared: Sendable>(
        _ operation: O.Type, preparing: @escaping @Sendable (Call<O>) async throws -> Prepared,
        _ body: @escaping @Sendable (Call<O>, Prepared, Transaction) async throws -> O.Output
    ) -> Endpoint {
        let bound = BoundOperation<O, Prepared>(takesTime: true, preparing: preparing, body: body)
        return Endpoint(operation: operation) { try await bound.answer($0, $1) }
    }
}

/// Waits for what an event will bring. An id that was made within the last half minute and is not known here yet may still
/// be on its way from the service that made it; any other unknown id is unknown at once.
///
/// - Returns: what `look` found, or nil after `timeout`.
public func arrived<Tag, Found: Sendable>(
    _ id: Identifier<Tag>, now: Date, within timeout: Duration = .seconds(2),
    _ look: @Sendable () async throws -> Found?
) async throws -> Found? {
    let deadline = ContinuousClock.now.advanced(by: timeout)
    if let found = try await look() { return found }
    // An id from the future is made up, or made by a clock that is a little ahead of ours.
    guard let madeAt = id.madeAt, abs(now.timeIntervalSince(madeAt)) < 30 else { return nil }
    while ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(20))
        if let found = try await look() { return found }
    }
    return nil
}
