import ContractKit
import Foundation
import Logging
import ServiceKit
import TestSupport
import Testing

@testable import Postgres

/// A common query with its expected plan: the indexes by which the big tables are read, and nothing else of them.
struct CommonQuery: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let service: any PalestraService.Type
    let indexes: Set<String>
    let call: @Sendable (Visit) async throws -> Void

    init(
        _ name: String, _ service: any PalestraService.Type, uses indexes: String..., call: @escaping @Sendable (Visit) async throws -> Void
    ) {
        (testDescription, self.service, self.indexes, self.call) = (name, service, Set(indexes), call)
    }

    /// Few rows of each organization, however many people it has: how they are read is the planner's choice.
    static let small: Set<String> = [
        "organizations", "organization_slugs", "locations", "class_types", "tax_rates", "invoice_counters", "trainer_profiles", "exercises",
        // Read and written by every change, by its key.
        "idempotency_keys",
    ]
    /// Prepared statements may get another plan, for any value, from the sixth time on.
    static let repetitions = 7

    /// What some calls came to.
    struct Outcome {
        var plans: [Plan]
        var roundTrips: Int

        var statements: Int { plans.count }
        /// Of the big tables; the audit log's by its own name, as those of its partitions change with the month.
        var indexes: Set<String> {
            Set(nodes.compactMap(\.index).map { $0.contains("_organization_id_actor_id_") ? "audit_log_actor" : $0 })
        }
        var scans: [String] { nodes.filter { $0.type == "Seq Scan" }.compactMap(\.table) }
        /// What reads much to find little: a range or a filter that no index serves.
        var wasted: [String] { nodes.filter { $0.removed ?? 0 > 100 }.map { "\($0.index ?? $0.type) removed \($0.removed ?? 0)" } }

        private var nodes: [Plan.Node] {
            plans.flatMap(\.nodes).filter { node in
                !CommonQuery.small.contains { node.table == $0 || node.index?.hasPrefix($0) == true }
            }
        }
    }

    /// Calls it some times with a small page, and as often with a big one.
    func run() async throws -> (small: Outcome, big: Outcome) { try await run(service) }

    private func run<S: PalestraService>(_ service: S.Type) async throws -> (small: Outcome, big: Outcome) {
        let years = try await GeneratedYears.explained()
        let name = try #require(ServiceName(rawValue: S.Contract.name))
        let application = "plans-\(UUID().uuidString.lowercased())"
        let database = Database(
            Database.Configuration(
                url: years.database.url(name), schema: name.rawValue, applicationName: application, maximumConnections: 1),
            logger: Logger(label: "plans"))
        let log = PlanLog(years.database, application: application)
        let place = try await Place(years.database, years.organization(2))
        let outcomes = try await withService(service, database: database, settings: years.settings) { service in
            var outcomes: [Outcome] = []
            for (turn, limit) in [2, 20].enumerated() {
                let (size, flights) = (try await log.size(), database.flights.value)
                for attempt in 0..<Self.repetitions {
                    let number = turn * Self.repetitions + attempt
                    try await call(Visit(service: service, place: place, limit: try #require(.init(rawValue: limit)), attempt: number))
                }
                let roundTrips = database.flights.value - flights
                outcomes.append(Outcome(plans: try await log.plans(since: size).filter(\.readsTables), roundTrips: roundTrips))
            }
            return outcomes
        }
        await database.close()
        return (outcomes[0], outcomes[1])
    }
}

extension GeneratedYears {
    /// Another one, which services write to, with the plans of every service in the log.
    static func explained() async throws -> GeneratedYears { try await explaining.value }

    private static let explaining = Task {
        let years = try await make()
        try await PlanLog.open(years.database, for: ServiceName.allCases)
        return years
    }
}
