import AuthContract
import ContractKit
import Messaging
import Postgres
import SchedulingContract
import ServiceKit

/// Somebody is to be erased: their places are given back, whom they would have taught is told, and what was held stays in the timetable
/// under a made-up person.
struct OnErasureRequested: Reaction {
    static let name = "scheduling.on-erasure-requested"

    func react(to event: ErasureRequested, _ occasion: Occasion, in tx: Transaction) async throws {
        let erasure = PersonErasure(of: event.personID, in: event.organizationID, from: Scheduling.tables, tx)
        let leaving = LeavingStore(organizationID: event.organizationID, personID: event.personID, tx: tx)
        try await erasure.begin()
        try await leaving.cancelBookings(now: occasion.time)
        try await leaving.cancelSessions(now: occasion.time)
        try await leaving.standIn(erasure.pseudonym)
        try await tx.emit(erasure.answer(SchedulingContract.self, to: event.erasureRequestID, try await erasure.finish()))
    }
}

extension Scheduling {
    static let tables: [PersonalTable] =
        [
            .nobodys("organizations", "what the timetable is kept in"),
            .nobodys("locations", "where sessions are held"),
            .nobodys("class_types", "what can be put on the timetable"),
            .rows("bookings", ["member_id": .pseudonymized], "how many came to a session, and what an invoice was for"),
            .rows("sessions", ["trainer_id": .pseudonymized], "that a session was held; those who came had a place in it"),
            .rows("trainer_engagements", ["trainer_id": .deleted]),
            .rows("people", ["person_id": .deleted]),
        ] + PersonalTable.ofEveryService
}
