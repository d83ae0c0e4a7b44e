public import ContractKit
public import FileStore
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
    /// The locations at which alone they work; nil for everywhere. The transaction is limited to them already.
    public var locationIDs: Set<LocationID>?

    public init(
        personID: PersonID, organizationID: OrganizationID, roles: Set<Role>, loginSessionID: LoginSessionID, scope: Scope,
        locationIDs: Set<LocationID>? = nil
    ) {
        self.personID = personID
        self.organizationID = organizationID
        self.roles = roles
        self.loginSessionID = loginSessionID
        self.scope = scope
        self.locationIDs = locationIDs
    }
}

/// Who of those who run the installation makes a call, as the verified access token says. Whether their login session still stands,
/// the service that keeps it says.
public struct PlatformCaller: Sendable, Hashable {
    public var adminID: PlatformAdminID
    public var loginSessionID: LoginSessionID
    public var hasSecondFactor: Bool

    public init(adminID: PlatformAdminID, loginSessionID: LoginSessionID, hasSecondFactor: Bool) {
        self.adminID = adminID
        self.loginSessionID = loginSessionID
        self.hasSecondFactor = hasSecondFactor
    }
}

/// One call of an operation, decoded, validated and allowed.
public struct Call<O: APIOperation>: Sendable {
    /// Path and query parameters.
    public var input: O
    public var body: O.Body
    /// Nil only for operations that ``Access/everyone`` may call, and for those of ``platformCaller``.
    public var optionalCaller: Caller?
    /// Nil but for operations of those who run the installation.
    public var platformCaller: PlatformCaller?
    public var now: Date
    public var requestID: String
    /// The version in `If-Match`; the store guards its UPDATE with it and throws ``Problem`` `.preconditionFailed`.
    public var expectedVersion: Int64?
    /// The client's address as the edge saw it, and its `User-Agent`.
    public var address: String
    public var userAgent: String
    /// The name that the client came by, as the edge saw it; nil where a token says which organization it is.
    public var host: HostName?

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
/// `Idempotency-Key`; what it throws rolls both back, unless it throws ``Problem/lasting``. It may run again when PostgreSQL
/// asks for it (serialization failures), so it does nothing but read its arguments and use `tx`. What takes long (hashing a
/// password) goes into `preparing`, which runs once, before the transaction, and changes nothing that a repeat under the same key
/// would find changed. What an event may still be bringing is waited for by ``Problem/awaiting(_:now:)``.
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

    /// Takes a file. `preparing` checks and stores it, before the transaction that makes its row; a repeat under the same
    /// `Idempotency-Key` is answered without either.
    ///
    /// - Parameter limit: In bytes; what the operation declares if that is less.
    public static func upload<O: APIOperation, Prepared: Sendable>(
        _ operation: O.Type, upTo limit: Int, preparing: @escaping @Sendable (Call<O>) async throws -> Prepared,
        _ body: @escaping @Sendable (Call<O>, Prepared, Transaction) async throws -> O.Output
    ) -> Endpoint where O.Body == FileContent {
        let bound = BoundOperation<O, Prepared>(takesTime: true, preparing: preparing, body: body, bodyLimit: limit)
        return Endpoint(operation: operation) { try await bound.answer($0, $1) }
    }

    /// Hands a file out: found in a transaction, read from the store after it.
    public static func download<O: APIOperation>(
        _ operation: O.Type, from files: Files, finding: @escaping @Sendable (Call<O>, Transaction) async throws -> FoundFile
    ) -> Endpoint where O.Output == FileContent {
        let bound = BoundDownload<O>(files: files, find: finding)
        return Endpoint(operation: operation) { try await bound.answer($0, $1) }
    }

    /// Whether a file goes one way or the other, which may be a slow one.
    var carriesFile: Bool { operation.takesFile || operation.givesFile }
}

/// A refusal that may be one of a moment only: what the handler missed was made by another service just now, and an event is still
/// bringing it. The transaction is repeated until it is here or ``patience`` is over.
struct AwaitedArrival: Error {
    /// How long ago a thing may have been made whose event is still on its way.
    static let youth: TimeInterval = 30
    /// Less than half of what the edge waits. What is refused after it is refused for good, though the event may only be late.
    static let patience = Duration.seconds(4)
    /// Between two looks: hardly noticed when the event is as quick as most, and little work when it is not.
    static let shortestPause = Duration.milliseconds(20)
    static let longestPause = Duration.milliseconds(200)

    let refusal: Problem

    /// Nil when none of the missing things is young: then the refusal stands at once.
    init?(_ refusal: Problem, madeAt: [Date], now: Date) {
        // An id from the future is made up, or made by a clock that is a little ahead of ours.
        guard madeAt.contains(where: { abs(now.timeIntervalSince($0)) < Self.youth }) else { return nil }
        self.refusal = refusal
    }
}

/// A refusal with an effect of its own, which is committed.
struct LastingRefusal: Error { let refusal: Problem }

extension Problem {
    /// What a handler throws when it refuses and what it did meanwhile must count all the same: a copied token ends its session.
    /// It is remembered under the `Idempotency-Key` as a success is.
    public var lasting: any Error { LastingRefusal(refusal: self) }

    /// What a handler throws for want of something that another service makes: the refusal stands after waiting for it, if it was
    /// made within the last half minute; any other unknown id is unknown at once.
    ///
    /// `missing`: when the missing things were made (``Identifier/madeAt``).
    public func awaiting(_ missing: Date?..., now: Date) -> any Error {
        AwaitedArrival(self, madeAt: missing.compactMap(\.self), now: now) ?? self
    }
}
