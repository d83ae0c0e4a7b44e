public import Foundation
public import Postgres

/// Says events again that were published already: after a broker lost what it had confirmed, or for a listener's new read copy.
///
/// Listeners that have handled them ignore them, by their inbox.
public struct OutboxReplay: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// Has the relay publish every event again that was published at or after `moment`; rows are kept for an hour.
    ///
    /// - Returns: how many.
    /// - Throws: ``DatabaseError``.
    public func replay(since moment: Date) async throws -> Int {
        var total = 0
        // Up to now, by the server's clock: the relay publishes the first portion while we release the next.
        let until = try await database.transaction(readOnly: true) { tx in try await tx.one("select now()", as: Date.self) }
        while true {
            // In portions, so that no transaction holds many rows for long.
            let count = try await database.transaction { tx in
                try await tx.execute(Outbox.sayAgain(from: moment, until: until, limit: 5000))
            }
            total += count
            if count < 5000 { return total }
        }
    }
}
