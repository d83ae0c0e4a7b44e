import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import TestSupport

@testable import SystemSupport

/// Looks for what is left of somebody, in every column of every table that there is.
struct Traces: Sendable {
    let system: PalestraSystem

    init(_ system: PalestraSystem) { self.system = system }

    /// Where the id of somebody who was erased stays: what the services' lists call kept.
    static let ofIDs = Set(
        PalestraSystem.services.flatMap { ["\($0).audit_log.record_id", "\($0).audit_log.actor_id", "\($0).erased_people.person_id"] }
            + ["auth.erasure_requests.person_id", "auth.person_merges.kept_id", "auth.person_merges.duplicate_id"])

    /// The columns, `auth.people.email`, that hold one of the words, as text or as bytes.
    func of(_ words: [String]) async throws -> [String] {
        let columns = try await system.servers.sql(
            """
            select n.nspname, c.relname, a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relkind in ('r', 'p') and not c.relispartition
                and n.nspname in (\(PalestraSystem.services.map { "'\($0)'" }.joined(separator: ", ")))
            """
        ).split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
        let patterns = words.flatMap { [$0, hexadecimal($0)] }.map { "'%\($0)%'" }.joined(separator: ", ")
        let looks = columns.map { column in
            """
            select '\(column[0]).\(column[1]).\(column[2])'
            where exists (select from \(column[0]).\(column[1]) where "\(column[2])"::text ilike any (array[\(patterns)]))
            """
        }
        return try await system.servers.sql(looks.joined(separator: " union all ")).split(separator: "\n").map(String.init).sorted()
    }

    private func hexadecimal(_ text: String) -> String {
        text.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Has everything said once more that could bring somebody back, and waits until every service has heard it.
    func hearAgain(_ life: Life) async throws {
        let (organization, member, start) = (life.gym.organizationID, life.member.id, Date().addingTimeInterval(-7200))
        let sealed = SealedText(Data([1, 2, 3]))
        try await say(
            PersonSaved(
                organizationID: organization, personID: member, roles: [.member], isActive: true, fullName: sealed, email: sealed,
                version: 90))
        try await say(
            BookingCreated(
                organizationID: organization, bookingID: BookingID(), sessionID: SessionID(), memberID: member, trainerID: life.trainer,
                status: .confirmed, className: "Spin", startsAt: start, timeZone: .example, version: 1))
        try await say(
            SessionCompleted(
                organizationID: organization, sessionID: SessionID(), trainerID: life.trainer, locationID: LocationID(),
                classTypeID: ClassTypeID(), className: "Spin", category: .group, startsAt: start, endsAt: start.addingTimeInterval(60),
                timeZone: .example,
                attendees: [.init(bookingID: BookingID(), memberID: member, price: Money(amount: 5000, currency: .cad))], version: 2))
        try await say(
            MemberAccessSaved(
                organizationID: organization, accessID: .init(), kind: .granted, memberID: member, trainerID: life.trainer, level: .read,
                isPrimary: false, isActive: true, version: 1))
    }

    private func say<E: Event>(_ event: E) async throws {
        let (id, now) = (UUID.v7(), Date())
        let envelope = String(decoding: try JSON.encode(EventEnvelope(event, id: id, time: now, traceparent: nil)), as: UTF8.self)
        try await system.servers.sql(
            """
            insert into \(E.owner).outbox (event_id, organization_id, aggregate, aggregate_version, type, envelope)
            values ('\(id)', '\(event.organizationID)', '\(event.aggregate.subject)', \(event.aggregate.version), '\(E.type)',
                convert_to($event$\(envelope)$event$, 'UTF8'))
            """)
        let hearing = try Hearing.of(E.self)
        try await eventually("\(E.type) is heard by all of \(hearing)") {
            for service in hearing {
                let done = try await system.servers.sql(
                    "select coalesce(bool_and(state = 'done'), false) from \(service).inbox where event_id = '\(id)'")
                guard done == "t" else { return false }
            }
            return true
        }
    }
}

/// Who hears what of the events that are said again here.
private enum Hearing {
    static func of<E: Event>(_ type: E.Type) throws -> [String] {
        switch type.type {
        case PersonSaved.type: ["scheduling", "workouts", "notifications"]
        case BookingCreated.type: ["auth", "notifications"]
        case SessionCompleted.type: ["workouts", "billing", "notifications"]
        case MemberAccessSaved.type: ["workouts"]
        default: throw TestSupportError("nobody is known to hear \(type.type)")
        }
    }
}
