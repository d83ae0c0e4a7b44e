import ContractKit
import Postgres
import ServiceKit
import WorkoutsContract

struct SessionNoteRoutes: Sendable {
    let notes: SessionNoteStore

    var all: [Endpoint] {
        [
            .handle(PutSessionNote.self, put),
            .handle(GetSessionNote.self, read),
            .handle(ListSessionNotes.self, list),
        ]
    }

    @Sendable private func put(_ call: Call<PutSessionNote>, _ tx: Transaction) async throws -> SessionNote {
        let (caller, body) = (try call.caller, call.body)
        let taught = try await notes.attendance(
            call.input.workoutID, taughtBy: caller.personID, caller.organizationID, in: tx)
        guard let taught else { throw Problem.notFound }
        try SessionNoteRules.check(body, startedAt: taught.startedAt)
        let before = try await notes.find(taught.workoutID, caller.organizationID, in: tx)
        if let expected = call.expectedVersion, expected != before?.version { throw Problem(.preconditionFailed) }
        let note = SessionNote(
            id: before?.id ?? SessionNoteID(now: call.now), workoutID: taught.workoutID, sessionID: taught.sessionID,
            trainerID: caller.personID, memberID: taught.memberID, sessionDate: body.sessionDate, subjective: body.subjective,
            objective: body.objective, assessment: body.assessment, plan: body.plan, exercises: body.exercises ?? [],
            measurements: body.measurements, privateNotes: body.privateNotes, createdAt: before?.createdAt ?? call.now,
            updatedAt: call.now, version: (before?.version ?? 0) + 1)
        try await notes.save(note, caller.organizationID, in: tx)
        return note
    }

    @Sendable private func read(_ call: Call<GetSessionNote>, _ tx: Transaction) async throws -> SessionNote {
        let caller = try call.caller
        // Narrowed, the database itself shows no others.
        guard let note = try await notes.find(call.input.workoutID, caller.organizationID, in: tx),
            try await mayRead(note, caller, tx)
        else { throw Problem.notFound }
        return SessionNoteRules.shown(note, to: caller.personID)
    }

    /// The member, and while they are trainers: who wrote it, and those who have the member in their hands.
    private func mayRead(_ note: SessionNote, _ caller: Caller, _ tx: Transaction) async throws -> Bool {
        if note.memberID == caller.personID { return true }
        guard caller.roles.contains(.trainer) else { return false }
        if note.trainerID == caller.personID { return true }
        return try await notes.treats(caller.personID, note.memberID, caller.organizationID, in: tx)
    }

    @Sendable private func list(_ call: Call<ListSessionNotes>, _ tx: Transaction) async throws -> Page<SessionNote> {
        let (caller, limit) = (try call.caller, call.input.limit ?? .standard)
        let isTrainer = caller.roles.contains(.trainer)
        let member = call.input.memberID ?? (isTrainer ? nil : caller.personID)
        // Somebody else's, for who is no trainer: as there are none, there is nothing to tell either.
        guard isTrainer || member == caller.personID else { return Page(data: [], nextCursor: nil) }
        let page = try await notes.page(
            of: member, by: member == nil ? caller.personID : nil, for: member == caller.personID ? nil : caller.personID,
            caller.organizationID, after: call.input.cursor, limit: limit, in: tx
        ).cut(to: limit) { Cursor($0.sessionDate.rawValue, $0.id) }
        return Page(data: page.rows.map { SessionNoteRules.shown($0, to: caller.personID) }, nextCursor: page.nextCursor)
    }
}
