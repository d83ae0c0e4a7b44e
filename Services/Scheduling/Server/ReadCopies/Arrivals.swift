import ContractKit
import Foundation
import Postgres
import ServiceKit

/// Waits, before a transaction begins, for what auth made a moment ago and an event is still bringing.
///
/// Only a young id can be on its way. For any other the transaction's own look is enough, and the round trips of one here are saved.
struct Arrivals: Sendable {
    let database: Database

    func organization(_ id: OrganizationID, now: Date) async throws {
        try await wait(for: id, of: id, now: now) { try await $0.organization() }
    }

    func location(_ id: LocationID, of organizationID: OrganizationID, now: Date) async throws {
        try await wait(for: id, of: organizationID, now: now) { try await $0.location(id) }
    }

    func person(_ id: PersonID, of organizationID: OrganizationID, now: Date) async throws {
        try await wait(for: id, of: organizationID, now: now) { try await $0.person(id) }
    }

    private func wait<Tag, Found: Sendable>(
        for id: Identifier<Tag>, of organizationID: OrganizationID, now: Date,
        _ look: @Sendable (ReadCopyStore) async throws -> Found?
    ) async throws {
        guard let madeAt = id.madeAt, now.timeIntervalSince(madeAt) < 60 else { return }
        _ = try await arrived(id, now: now) {
            try await database.transaction(as: Tenant(organizationID), readOnly: true) { tx in
                try await look(ReadCopyStore(organizationID: organizationID, tx: tx))
            }
        }
    }
}
