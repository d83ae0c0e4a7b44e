import AuthContract
import ContractKit
import Foundation
import Messaging
import Postgres
import SchedulingContract
import ServiceKit

/// Somebody is to be erased: their places are given back, whom they would have taught is told, and what was held stays in the timetable
/// under a made-up person.
struct OnErasureRequested: Reaction {
    static let name = "scheduling.on-erasure-requested"

    func react(to event: ErasureRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let (erasure, deeds) = try await Scheduling.erase(event.personID, event.organizationID, now: occasion.time, in: tx)
        try await tx.emit(erasure.answer(SchedulingContract.self, to: event.erasureRequestID, deeds))
    }
}

extension Scheduling {
    static func erase(
        _ person: PersonID, _ organization: OrganizationID, now: Date, in tx: Transaction
    ) async throws -> (erasure: PersonErasure, deeds: [ErasureDeed]) {
        let erasure = PersonErasure(of: person, in: organization, from: tables, tx)
        let leaving = LeavingStore(organizationID: organization, personID: person, tx: tx)
        try await erasure.begin()
        try await leaving.cancelBookings(now: now)
        try await leaving.cancelSessions(now: now)
        try await leaving.standIn(erasure.pseudonym)
        return (erasure, try await erasure.finish())
    }

    static let tables: [PersonalTable] =
        [
            .nobodys("organizations", "what the timetable is kept in"),
            .nobodys("locations", "where sessions are held"),
            .nobodys("class_types", "what can be put on the timetable"),
            .rows("bookings", ["member_id": .pseudonymized], "how many came to a session, and what an invoice was for")
                .merging(.moved(counts: true)),
            .rows("sessions", ["trainer_id": .pseudonymized], "that a session was held; those who came had a place in it")
                .merging(.moved(counts: true)),
            .rows("trainer_engagements", ["trainer_id": .deleted]).merging(.movedUnlessSame(by: ["location_id"])),
            .rows("people", ["person_id": .deleted]).merging(.dropped),
        ] + PersonalTable.ofEveryService
}
