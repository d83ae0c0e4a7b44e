import ArgumentParser
import Foundation
import Logging
import Postgres
import Synchronization

/// Bookings as the service makes them, over eight connections: the statements of references/booking-pipeline.sql, which are those
/// of BookingStore.swift, Idempotency.swift and Outbox.swift. What is the same in every booking comes as options.
struct PostgresBooking: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "postgres-booking")
    static let clients = 8
    @OptionGroup var load: Load
    @OptionGroup var constants: Constants

    func run() async throws { try await withTaskExecutorPreference(Database.executor) { try await measure() } }

    private func measure() async throws {
        let database = Database(
            .init(url: "", schema: "scheduling", applicationName: "bench", maximumConnections: Self.clients),
            logger: Logger(label: "bench"))
        // Connections are opened before, as pgbench does.
        try await everyone { _ in
            try await database.transaction { tx in _ = try await tx.execute("select pg_sleep(0.05)") }
        }
        let count = Atomic(0)
        let start = ContinuousClock.now
        let end = start + .seconds(load.seconds)
        try await everyone { client in
            var number = 0
            while ContinuousClock.now < end {
                number += 1
                try await Booking(client: client, number: number).make(in: database, constants)
            }
            count.add(number, ordering: .relaxed)
        }
        try report(["per_second": Double(count.load(ordering: .relaxed)) / ((ContinuousClock.now - start) / .seconds(1))])
        await database.close()
    }

    private func everyone(_ body: @escaping @Sendable (_ client: Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<Self.clients { group.addTask { try await body(client) } }
            try await group.waitForAll()
        }
    }
}

struct Constants: ParsableArguments {
    @Option(transform: Constants.id) var organization: UUID
    @Option var version: Int64
    @Option var type: String
    @Option var envelope: String
    @Option var fingerprint: String
    @Option var status: Int
    @Option var sealed: String
    @Option var headers: String
    @Option var call: String

    private static func id(_ text: String) throws -> UUID {
        guard let id = UUID(uuidString: text) else { throw ValidationError("\(text) is no UUID") }
        return id
    }
}

/// An id of the kind that services bind.
struct ID: RawRepresentable, Sendable {
    var rawValue: UUID
    init(rawValue: UUID) { self.rawValue = rawValue }

    /// `number` written as a UUID, in decimal digits.
    init(_ number: Int) {
        var (bytes, rest) = (uuid_t(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), number)
        withUnsafeMutableBytes(of: &bytes) { bytes in
            for place in bytes.indices.reversed() {
                bytes[place] = UInt8((rest / 10 % 10) << 4 + rest % 10)
                rest /= 100
            }
        }
        rawValue = UUID(uuid: bytes)
    }
}

/// A client walks through the sessions from another one on, each time around with another member.
struct Booking {
    let number: Int
    let booking: ID
    let session: ID
    let member: ID
    let key: String

    init(client: Int, number: Int) {
        self.number = (8 + client) * 1_000_000 + number
        booking = ID(self.number)
        session = ID(1 + (number + client * 61) % 500)
        member = ID(1 + client * 1000 + number / 500 % 1000)
        let digits = String(self.number)
        key = String(repeating: "0", count: 64 - digits.utf8.count) + digits
    }
}
