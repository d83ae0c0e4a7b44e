public import ContractKit
public import Foundation
public import Messaging
import Synchronization

/// The login sessions that ended while tokens of theirs may still be good: six minutes, a token's five and the clocks' skew.
public final class EndedSessions: Sendable {
    private static let kept: TimeInterval = 360
    private let ended = Mutex<[LoginSessionID: Date]>([:])

    public init() {}

    public func insert(_ id: LoginSessionID, endedAt: Date, now: Date = Date()) {
        guard now.timeIntervalSince(endedAt) < Self.kept else { return }
        ended.withLock { ended in
            ended = ended.filter { now.timeIntervalSince($0.value) < Self.kept }
            ended[id] = endedAt
        }
    }

    public func contains(_ id: LoginSessionID, now: Date) -> Bool {
        ended.withLock { $0[id] }.map { now.timeIntervalSince($0) < Self.kept } ?? false
    }
}

/// The part of auth's `auth.login_session.ended.v1` that every process needs.
///
/// A mirror, not the declaration: Shared must not import a service's contract. The event's golden file holds both to one shape.
public struct LoginSessionEndedNotice: Event {
    public static let type = "auth.login_session.ended.v1"
    public static let summary = "A login session ended; its access tokens are refused from now on"
    public static let audience = Audience.everyProcess

    public var organizationID: OrganizationID
    public var loginSessionID: LoginSessionID
    /// It is only read, never said.
    public var aggregate: Aggregate { Aggregate("login_session", loginSessionID, version: 0) }

    public init(organizationID: OrganizationID, loginSessionID: LoginSessionID) {
        self.organizationID = organizationID
        self.loginSessionID = loginSessionID
    }
}

/// Fills ``EndedSessions`` in each process, within a second of the sign-out.
public struct EndedSessionsListener: Listener {
    private let ended: EndedSessions

    public init(_ ended: EndedSessions) { self.ended = ended }

    public func heard(_ event: LoginSessionEndedNotice, _ occasion: Occasion) async {
        ended.insert(event.loginSessionID, endedAt: occasion.time)
    }
}
