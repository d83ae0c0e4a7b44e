/// How long to wait before the next attempt to connect: doubling from 0.2 s to 3 s, jittered so that a fleet does not come back at once.
struct Backoff {
    static let first = Duration.milliseconds(200)
    static let longest = Duration.seconds(3)
    /// A connection that lived this long was a good one: the next attempts begin anew.
    static let settled = Duration.seconds(5)

    private var next = first

    mutating func delay<Generator: RandomNumberGenerator>(using generator: inout Generator) -> Duration {
        defer { next = min(next * 2, Self.longest) }
        return next * Double.random(in: 0.5...1, using: &generator)
    }

    mutating func reset() { next = Self.first }

    mutating func connectionEnded(after lifetime: Duration) {
        if lifetime >= Self.settled { reset() }
    }
}
