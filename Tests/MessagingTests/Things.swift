import ContractKit
import Foundation
import Messaging
import Postgres
import Synchronization

/// A contract of the tests' own, under the name of a service that has a schema and rights at the broker.
enum ThingsContract: ServiceContract {
    static let name = "notifications"
    static let summary = "Things"
    static let operations: [any APIOperation.Type] = []
    static let events: [any Event.Type] = [ThingHappened.self, EveryoneTold.self, NobodyHeard.self]
}

enum ThingTag {}

struct ThingHappened: Event, Equatable {
    static let type = "notifications.thing.happened.v1"
    static let summary = "A thing happened"

    var organizationID: OrganizationID
    var thingID: Identifier<ThingTag>
    var value: Int
    var version: Int64

    var aggregate: Aggregate { Aggregate("thing", thingID, version: version) }

    init(
        _ value: Int, organizationID: OrganizationID = OrganizationID(), thingID: Identifier<ThingTag> = Identifier(), version: Int64 = 1
    ) {
        (self.organizationID, self.thingID, self.value, self.version) = (organizationID, thingID, value, version)
    }
}

struct EveryoneTold: Event {
    static let type = "notifications.everyone.told.v1"
    static let summary = "Everyone was told"
    static let audience = Audience.everyProcess

    var organizationID: OrganizationID
    var thingID: Identifier<ThingTag>
    var value: Int

    var aggregate: Aggregate { Aggregate("told", thingID, version: 1) }
}

struct NobodyHeard: Event {
    static let type = "notifications.nobody.heard.v1"
    static let summary = "Nobody is bound for it"

    var organizationID: OrganizationID
    var thingID: Identifier<ThingTag>

    var aggregate: Aggregate { Aggregate("nobody", thingID, version: 1) }
}

/// Writes the event's value down, unless the test has something else in mind.
struct OnThing: Reaction {
    static let name = "on-thing"
    var before: @Sendable (ThingHappened) async throws -> Void = { _ in }

    func react(to event: ThingHappened, _ occasion: Occasion, in tx: Transaction) async throws {
        try await before(event)
        try await tx.execute("insert into effects (reaction, value) values (\(Self.name), \(event.value))")
    }
}

struct OnThingToo: Reaction {
    static let name = "on-thing-too"
    var before: @Sendable (ThingHappened) async throws -> Void = { _ in }

    func react(to event: ThingHappened, _ occasion: Occasion, in tx: Transaction) async throws {
        try await before(event)
        try await tx.execute("insert into effects (reaction, value) values (\(Self.name), \(event.value))")
    }
}

struct OnEveryoneTold: Listener {
    let values = Collected<Int>()
    func heard(_ event: EveryoneTold, _ occasion: Occasion) async { values.append(event.value) }
}

struct ThingError: Error { var secret = "a name that must not be kept" }

final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    var all: [Value] { values.withLock(\.self) }
    var count: Int { all.count }
    func append(_ value: Value) { values.withLock { $0.append(value) } }
}

/// Holds those who pass until it is opened.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())
    private let passes = Collected<Void>()

    /// How often somebody came to it.
    var arrivals: Int { passes.count }

    func pass() async {
        passes.append(())
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
