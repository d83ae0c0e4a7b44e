import Foundation
import TestSupport
import Testing

/// The plans by which a database really ran the statements of a service, out of the server's log.
struct PlanLog: Sendable {
    private let database: TestDatabase
    private let application: String
    private static let log = "current_setting('data_directory') || '/../log'"

    /// - Parameter application: What the connections call themselves, and nobody else.
    init(_ database: TestDatabase, application: String) {
        (self.database, self.application) = (database, application)
    }

    /// Has the service's connections from now on write every plan to the log, with what came of it.
    static func open(_ database: TestDatabase, for services: [ServiceName]) async throws {
        let settings = [
            "session_preload_libraries = 'auto_explain'", "auto_explain.log_min_duration = 0", "auto_explain.log_format = 'json'",
            "auto_explain.log_analyze = on", "auto_explain.log_timing = off",
        ]
        for service in services {
            try await database.sql(
                settings.map { #"alter role \#(service) in database "\#(database.name)" set \#($0);"# }.joined(separator: "\n"))
        }
    }

    func size() async throws -> Int {
        try #require(Int(try await database.sql("select size from pg_stat_file(\(Self.log))")))
    }

    /// What was run since the log had this size, in the order of its end.
    func plans(since size: Int) async throws -> [Plan] {
        let text = try await database.sql("select pg_read_file(\(Self.log), \(size), 1 << 29)")
        var entries: [String] = []
        var isOurs = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("\t") {
                if isOurs { entries[entries.count - 1] += line.dropFirst() }
            } else {
                isOurs = line.contains(" \(application) ") && line.hasSuffix(" plan:")
                if isOurs { entries.append("") }
            }
        }
        return try entries.map { try JSONDecoder().decode(Plan.self, from: Data($0.utf8)) }
    }
}

/// One statement and its plan.
struct Plan: Decodable {
    let statement: String
    let root: Node

    private enum CodingKeys: String, CodingKey {
        case statement = "Query Text"
        case root = "Plan"
    }

    struct Node: Decodable {
        let type: String
        let table: String?
        let index: String?
        /// Rows that were read and not wanted, for each time it ran.
        let removed: Double?
        let children: [Node]?

        private enum CodingKeys: String, CodingKey {
            case type = "Node Type"
            case table = "Relation Name"
            case index = "Index Name"
            case removed = "Rows Removed by Filter"
            case children = "Plans"
        }

        var all: [Node] { [self] + (children ?? []).flatMap(\.all) }
    }

    var nodes: [Node] { root.all }
    /// Whether it asks a table; those that set a transaction's tenant do not.
    var readsTables: Bool { nodes.contains { $0.table != nil || $0.index != nil } }
}
