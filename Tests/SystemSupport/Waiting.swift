import Foundation
import Synchronization
import TestSupport

/// Looks again and again until `condition` holds. What it throws counts as not yet.
/// - Returns: how long it took.
/// - Throws: ``TestSupportError`` when it does not hold in time.
@discardableResult
func eventually(_ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws -> Duration {
    let start = ContinuousClock.now
    var last = ""
    while ContinuousClock.now - start < limit {
        do {
            if try await condition() { return ContinuousClock.now - start }
            last = ""
        } catch { last = ": \(error)" }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw TestSupportError("not within \(limit): \(what)\(last)")
}

/// The same for something that has to turn up.
func arrival<Value: Sendable>(
    of what: String, within limit: Duration = .seconds(60), _ look: () async throws -> Value?
) async throws -> Value {
    var found: Value?
    try await eventually(what, within: limit) {
        found = try await look()
        return found != nil
    }
    guard let found else { throw TestSupportError("\(what) did not arrive") }
    return found
}

/// Tells those who go on until something has happened that it has.
final class Switch: Sendable {
    private let state = Mutex(false)

    var isOn: Bool { state.withLock { $0 } }
    func turnOn() { state.withLock { $0 = true } }
}

/// Tries until something takes less than `limit`, ten times at most. Beside all other suites a try may wait for a processor that long; what
/// the thing itself takes, the best of them tells.
///
/// - Parameter again: Takes back what a try did.
/// - Returns: How long each try took.
@discardableResult
func untilOne(
    isWithin limit: Duration, again: () async throws -> Void = {}, _ attempt: () async throws -> Duration
) async throws -> [Duration] {
    var times = [try await attempt()]
    while times.allSatisfy({ $0 >= limit }) {
        guard times.count < 10 else { throw TestSupportError("not once within \(limit): \(times)") }
        try await again()
        times.append(try await attempt())
    }
    return times
}
