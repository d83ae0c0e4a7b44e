/// What came of a flight.
struct Landing: Sendable {
    enum Status: Sendable {
        case idle
        case inTransaction
        /// Inside a transaction that accepts nothing but its end.
        case failedTransaction
        case broken
    }

    /// Of the statements that were done, in order; none follows a failure.
    var results: [ResultSet] = []
    var failure: DatabaseError?
    var status: Status
    /// Whether the server said anything: what it never answered to, it may never have seen.
    var wasAnswered = false

    func get() throws(DatabaseError) -> [ResultSet] {
        if let failure { throw failure }
        return results
    }
}
