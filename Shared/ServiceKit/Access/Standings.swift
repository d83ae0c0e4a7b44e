public import ContractKit
public import Foundation
public import Messaging
import Synchronization

/// The organizations and people that lost their standing while tokens of theirs may still be good: six minutes, a token's five and the
/// clocks' skew. After that they have none: auth gives them no new ones.
public final class Standings: Sendable {
    private static let kept: TimeInterval = 360

    private struct Entry {
        var standing: Standing
        var version: Int64
        var at: Date
    }

    private let entries = Mutex<[UUID: Entry]>([:])
    /// How many there are: mostly none, and then nobody waits for a lock.
    private let count = Atomic(0)

    public init() {}

    /// - Parameter id: An organization's or a person's.
    public func set(_ id: UUID, _ standing: Standing, version: Int64, at time: Date, now: Date = Date()) {
        guard now.timeIntervalSince(time) < Self.kept else { return }
        entries.withLock { entries in
            entries = entries.filter { now.timeIntervalSince($0.value.at) < Self.kept }
            // Said again after something newer was.
            if let known = entries[id], known.version > version { return }
            entries[id] = Entry(standing: standing, version: version, at: time)
            count.store(entries.count, ordering: .releasing)
        }
    }

    /// Why a token of this person is refused; nil when it is not.
    public func refusal(of person: PersonID, in organization: OrganizationID, now: Date) -> ProblemKind? {
        guard count.load(ordering: .acquiring) > 0 else { return nil }
        let (organizations, persons) = entries.withLock { ($0[organization.rawValue], $0[person.rawValue]) }
        func standing(_ entry: Entry?) -> Standing {
            entry.flatMap { now.timeIntervalSince($0.at) < Self.kept ? $0.standing : nil } ?? .active
        }
        switch (standing(organizations), standing(persons)) {
        case (.deleted, _): return .notFound
        case (.suspended, _): return .organizationSuspended
        case (.active, .deleted), (.active, .suspended): return .accountSuspended
        case (.active, .active): return nil
        }
    }
}

/// The part of auth's `auth.standing.changed.v1` that every process needs: a mirror, as ``LoginSessionEndedNotice`` is.
public struct StandingNotice: Event {
    public static let type = "auth.standing.changed.v1"
    public static let summary = "Access tokens of an organization, or of one person in it, are refused from now on, or good again"
    public static let audience = Audience.everyProcess

    public var organizationID: OrganizationID
    public var personID: PersonID?
    public var standing: Standing
    /// It is only read, never said.
    public var aggregate: Aggregate { Aggregate("organization_standing", organizationID, version: 0) }

    public init(organizationID: OrganizationID, personID: PersonID? = nil, standing: Standing) {
        self.organizationID = organizationID
        self.personID = personID
        self.standing = standing
    }
}

/// Fills ``Standings`` in each process, within a second of the change.
public struct StandingListener: Listener {
    private let standings: Standings

    public init(_ standings: Standings) { self.standings = standings }

    public func heard(_ event: StandingNotice, _ occasion: Occasion) async {
        standings.set(
            event.personID?.rawValue ?? event.organizationID.rawValue, event.standing, version: occasion.aggregateVersion, at: occasion.time
        )
    }
}
