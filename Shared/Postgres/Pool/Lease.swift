/// A connection lent to one transaction.
struct Lease: Sendable {
    let connection: Connection
    /// Whether it comes out of the pool, where it may have died unnoticed.
    let wasIdle: Bool
    /// Connections of an older generation are not used again.
    let generation: Int
}
