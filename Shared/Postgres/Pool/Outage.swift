/// How long to leave a server alone that gave no connection: doubling from 50 ms to 1 s, with jitter so that replicas do
/// not come back at once.
struct Outage: Sendable {
    private var failures = 0
    private var ends = ContinuousClock.now
    private var error: DatabaseError?

    /// The failure that still holds.
    var current: DatabaseError? { ContinuousClock.now < ends ? error : nil }

    mutating func grow(_ error: DatabaseError) {
        self.error = error
        let pause = min(1.0, 0.05 * Double(1 << min(failures, 5)))
        ends = .now + .seconds(Double.random(in: pause / 2...pause))
        failures += 1
    }
}
