public import ContractKit

extension TestDatabase {
    /// The writing operations of a service that have left no row in its audit log of which one of `people` is the actor.
    public func unlogged<Contract: ServiceContract>(_ contract: Contract.Type, by people: [PersonID]) async throws -> [String] {
        let actors = people.map { "'\($0)'" }.joined(separator: ", ")
        let logged = Set(
            try await sql(
                """
                select distinct by from \(Contract.name).audit_log
                where actor_id in (\(actors)) and action <> 'read' and request is not null and address is not null
                """
            ).split(separator: "\n").map(String.init))
        return Contract.operations.filter { $0.route.method.writes }.map { $0.name }.filter { !logged.contains($0) }.sorted()
    }
}
