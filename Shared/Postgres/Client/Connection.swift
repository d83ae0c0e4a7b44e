import Foundation

/// One connection to PostgreSQL.
///
/// libpq allows one thread at a time per connection, and one flight is under way at a time: they take turns.
final class Connection: @unchecked Sendable {
    private let settings: ConnectionSettings
    private let flights: FlightCounter
    private let turns = Turns()
    // Touched only by whose turn it is.
    private var wire: Wire?

    init(_ settings: ConnectionSettings, flights: FlightCounter) {
        self.settings = settings
        self.flights = flights
    }

    /// Connects on a thread of its own: looking up the host's name blocks.
    func open() async throws(DatabaseError) {
        await turns.take()
        defer { turns.pass() }
        let result = await withCheckedContinuation { continuation in
            let thread = Thread { [settings] in
                continuation.resume(returning: Result { () throws(DatabaseError) in try Opened(wire: Wire(settings)) })
            }
            thread.name = "postgres-open"
            thread.start()
        }
        wire = try result.get().wire
    }

    /// Sends `statements` at once and reads all their results: one round trip.
    func fly(_ statements: [SQL], cancellation: FlightCancellation? = nil) async -> Landing {
        await turns.take()
        defer { turns.pass() }
        guard let wire, !wire.isBroken else { return Landing(failure: .lost, status: .broken) }
        flights.add()
        return await wire.fly(statements, cancellation: cancellation)
    }

    func close() async {
        await turns.take()
        defer { turns.pass() }
        wire = nil
    }

    /// Like ``fly(_:cancellation:)``; a cancelled task cancels the statements at the server.
    func flyCancellably(_ statements: [SQL]) async -> Landing {
        let cancellation = FlightCancellation()
        return await withTaskCancellationHandler {
            await fly(statements, cancellation: cancellation)
        } onCancel: {
            cancellation.cancel()
        }
    }
}

/// Carries a new connection from the thread that opened it, which does not touch it again.
private struct Opened: @unchecked Sendable { let wire: Wire }
