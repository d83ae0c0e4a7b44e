import Foundation
import Logging
import Testing

@testable import Postgres

/// The server to test against; without it the suites that need one are skipped.
let testServer = ProcessInfo.processInfo.environment["PALESTRA_TEST_POSTGRES"]

/// Lends a database of its own to a suite, and drops it afterwards.
struct ScratchDatabase: SuiteTrait, TestScoping {
    @TaskLocal static var url = ""

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable @concurrent () async throws -> Void
    ) async throws {
        guard let testServer, var components = URLComponents(string: testServer) else { return try await body() }
        let name = "postgres_tests_\(UUID().uuidString.lowercased().prefix(8))"
        try await withSession(testServer) { _ = try await $0.execute("create database \(SQL.identifier(name))") }
        components.path = "/\(name)"
        let url = try #require(components.string)
        var failure: (any Error)?
        do { try await Self.$url.withValue(url) { try await body() } } catch { failure = error }
        try await withSession(testServer) { _ = try await $0.execute("drop database \(SQL.identifier(name)) with (force)") }
        if let failure { throw failure }
    }
}

extension Trait where Self == ScratchDatabase {
    static var scratchDatabase: Self { Self() }
}

func withDatabase(
    _ url: String = ScratchDatabase.url, name: String = "tests", connections: Int = 2, acquireTimeout: Duration = .seconds(5),
    statementTimeout: Duration = .seconds(20),
    _ body: (Database) async throws -> Void
) async throws {
    let configuration = Database.Configuration(
        url: url, schema: "public", applicationName: name, maximumConnections: connections,
        acquireTimeout: acquireTimeout, statementTimeout: statementTimeout)
    let database = Database(configuration, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
    do {
        try await body(database)
    } catch {
        await database.close()
        throw error
    }
    await database.close()
}

func withSession(_ url: String = ScratchDatabase.url, _ body: (DatabaseSession) async throws -> Void) async throws {
    try await withDatabase(url) { database in
        let session = try await database.session()
        try await body(session)
        await session.close()
    }
}

/// Waits until `condition` holds.
func eventually(within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, "waited in vain")
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The error that `body` ends with.
func failure(_ body: () async throws -> Void) async throws -> DatabaseError {
    var found: DatabaseError?
    do { try await body() } catch { found = error as? DatabaseError }
    return try #require(found)
}

/// Ids as the services have them.
struct TestID: RawRepresentable, Decodable, Hashable, Sendable {
    var rawValue = UUID()

    init(rawValue: UUID = UUID()) { self.rawValue = rawValue }
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = UUID(uuidString: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be a UUID")
        }
        rawValue = id
    }
}

/// Like the property wrapper for members of answers that may be null.
@propertyWrapper struct Nullable<Wrapped: Decodable & Sendable>: Decodable, Sendable {
    var wrappedValue: Wrapped?
    init(wrappedValue: Wrapped?) { self.wrappedValue = wrappedValue }
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Wrapped.self)
    }
}

extension KeyedDecodingContainer {
    func decode<Wrapped>(_ type: Nullable<Wrapped>.Type, forKey key: Key) throws -> Nullable<Wrapped> {
        try decodeIfPresent(Nullable<Wrapped>.self, forKey: key) ?? Nullable(wrappedValue: nil)
    }
}
