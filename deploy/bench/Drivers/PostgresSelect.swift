import ArgumentParser
import Logging
import Postgres

/// `select 1`, one after the other on one connection. libpq's variables (`PGHOST`, ...) say where.
struct PostgresSelect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "postgres-select")
    @OptionGroup var load: Load

    func run() async throws { try await withTaskExecutorPreference(Database.executor) { try await measure() } }

    private func measure() async throws {
        let database = Database(
            .init(url: "", schema: "scheduling", applicationName: "bench", maximumConnections: 1), logger: Logger(label: "bench"))
        let session = try await database.session()
        func spin(_ time: Duration) async throws -> Double {
            let start = ContinuousClock.now
            var count = 0
            while .now - start < time {
                for _ in 0..<50 { _ = try await session.query("select 1", as: Int.self) }
                count += 50
            }
            let took = ContinuousClock.now - start
            return Double(count) / (took / .seconds(1))
        }
        _ = try await spin(.seconds(load.seconds / 5))
        try report(["per_second": try await spin(.seconds(load.seconds))])
        await session.close()
        await database.close()
    }
}
