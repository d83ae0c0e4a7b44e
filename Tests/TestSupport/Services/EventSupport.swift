public import ContractKit
public import Foundation
public import Messaging
import Postgres

extension ServiceUnderTest {
    /// Runs a reaction as the consumer does, in a transaction of the event's organization; without broker and inbox.
    public func hear<R: Reaction>(_ reaction: R, _ event: R.Heard, id: UUID = UUID.v7(), at time: Date = Date()) async throws {
        try await database.transaction(as: Tenant(event.organizationID)) { tx in
            let occasion = Occasion(eventID: id, time: time, aggregateVersion: event.aggregate.version)
            try await reaction.react(to: event, occasion, in: tx)
        }
    }
}

extension TestDatabase {
    /// What the owner of an event type has said of it, in the order it was said.
    public func said<E: Event>(_ type: E.Type, organization: OrganizationID? = nil) async throws -> [E] {
        try await sql("select convert_from(envelope, 'UTF8') from \(E.owner).outbox where type = '\(E.type)' order by seq")
            .split(separator: "\n")
            .map { try JSON.decode(EventEnvelope<E>.self, from: Data($0.utf8)).data }
            .filter { organization == nil || $0.organizationID == organization }
    }
}

/// The problem that `body` was refused with; nil when it was not.
public func refusal<Result: Sendable>(_ body: () async throws -> Result) async throws -> Problem? {
    do {
        _ = try await body()
        return nil
    } catch let problem as Problem {
        return problem
    }
}
