/// One connection to PostgreSQL, on a thread of its own.
///
/// libpq allows one thread at a time per connection; here it is always the same one, and the actor is its door.
actor Connection {
    private let thread: ConnectionThread
    private let settings: ConnectionSettings
    private let flights: FlightCounter
    private var wire: Wire?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ settings: ConnectionSettings, flights: FlightCounter) {
        self.settings = settings
        self.flights = flights
        thread = ConnectionThread(name: "postgres")
    }

    deinit { thread.stop() }

    func open() throws(DatabaseError) { wire = try Wire(settings) }

    /// Sends `statements` at once and reads all their results: one round trip.
    func fly(_ statements: [SQL], cancellation: FlightCancellation? = nil) -> Landing {
        guard let wire, !wire.isBroken else { return Landing(failure: .lost, status: .broken) }
        flights.add()
        return wire.fly(statements, cancellation: cancellation)
    }

    func close() { wire = nil }

    /// Like ``fly(_:cancellation:)``; a cancelled task cancels the statements at the server.
    nonisolated func flyCancellably(_ statements: [SQL]) async -> Landing {
        let cancellation = FlightCancellation()
        return await withTaskCancellationHandler {
            await fly(statements, cancellation: cancellation)
        } onCancel: {
            cancellation.cancel()
        }
    }
}
