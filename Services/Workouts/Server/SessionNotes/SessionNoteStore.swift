import ContractKit
import FieldEncryption
import Foundation
import Postgres
import WorkoutsContract

/// Every statement about session notes. What is in them is sealed under the member's key.
struct SessionNoteStore: Sendable {
    private let keys: PersonKeys

    init(ring: KeyRing) { keys = PersonKeys(ring, service: "workouts") }

    /// What a column of a note is sealed for.
    static func context(_ column: String, _ organization: OrganizationID, _ note: String) -> String {
        "workouts.session_notes/\(column)/\(organization)/\(note)"
    }

    /// A member's share of a session that somebody taught.
    struct Attendance: Decodable, Sendable {
        var workoutID: WorkoutID
        var sessionID: SessionID
        var memberID: PersonID
        var startedAt: Date
    }

    // MARK: Reading

    func find(_ workout: WorkoutID, _ organization: OrganizationID, in tx: Transaction) async throws -> SessionNote? {
        let rows = try await tx.query(
            """
            \(Row.select)
            WHERE n.organization_id = \(organization) AND n.workout_id = \(workout)
            """, as: Row.self)
        return try open(rows, organization).first
    }

    /// The latest first, of one member or by one trainer.
    ///
    /// - Parameter reader: The trainer who asks for a member's; nil when it is the member.
    func page(
        of member: PersonID?, by trainer: PersonID?, for reader: PersonID?, _ organization: OrganizationID, after cursor: Cursor?,
        limit: PageLimit, in tx: Transaction
    ) async throws -> [SessionNote] {
        let isMembers: SQL = member.map { "AND n.member_id = \($0)" } ?? ""
        let isTheirs: SQL = trainer.map { "AND n.trainer_id = \($0)" } ?? ""
        // The policy says so as well.
        let isSeen: SQL =
            reader.map { "AND (n.trainer_id = \($0) OR n.member_id IN (SELECT members_treated_by(\(organization), \($0))))" } ?? ""
        let last = try cursor.map(Self.place)
        let isEarlier: SQL = last.map { "AND (n.session_date, n.note_id) < (\($0.0)::date, \($0.1))" } ?? ""
        let rows = try await tx.query(
            """
            \(Row.select)
            WHERE n.organization_id = \(organization) \(isMembers) \(isTheirs) \(isSeen) \(isEarlier)
            ORDER BY n.session_date DESC, n.note_id DESC
            LIMIT \(limit.rawValue + 1)
            """, as: Row.self)
        return try open(rows, organization)
    }

    private static func place(_ cursor: Cursor) throws -> (LocalDay, SessionNoteID) {
        guard let day = cursor.text(0).flatMap({ LocalDay(rawValue: $0) }), let id: SessionNoteID = cursor.id(1) else {
            throw Problem.invalid("?cursor", Cursor.rule)
        }
        return (day, id)
    }

    /// Whether the member is in the trainer's own hands, assigned or granted.
    func treats(_ trainer: PersonID, _ member: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> Bool {
        try await tx.one("SELECT \(member)::uuid IN (SELECT members_treated_by(\(organization), \(trainer)))")
    }

    // MARK: Writing

    /// What the trainer may write about; nil when they taught nobody in it.
    func attendance(
        _ workout: WorkoutID, taughtBy trainer: PersonID, _ organization: OrganizationID, in tx: Transaction
    ) async throws -> Attendance? {
        // Whoever is being erased is waited for: afterwards the workout is gone, or nobody's whom we know. See PersonErasure.
        try await tx.execute(
            """
            SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema() || '.erasing/' || \(organization)::uuid, 0))
            """)
        return try await tx.first(
            """
            SELECT workout_id, session_id, member_id, started_at FROM workouts
            WHERE organization_id = \(organization) AND workout_id = \(workout) AND trainer_id = \(trainer) AND session_id IS NOT NULL
            """)
    }

    /// Writes a note that is new (version 1) or one version up.
    ///
    /// - Throws: ``Problem`` `.preconditionFailed` when somebody else wrote it meanwhile.
    func save(_ note: SessionNote, _ organization: OrganizationID, in tx: Transaction) async throws {
        let seal = Seal(key: try await keys.obtain(organization, note.memberID, in: tx), organization: organization, note: note.id)
        let written = try await tx.execute(
            """
            INSERT INTO session_notes (organization_id, note_id, workout_id, session_id, trainer_id, member_id, session_date, subjective,
                                       objective, assessment, plan, exercises, measurements, private_notes, version, created_at, updated_at)
            VALUES (\(organization), \(note.id), \(note.workoutID), \(note.sessionID), \(note.trainerID), \(note.memberID),
                    \(note.sessionDate)::date, \(try seal.text(note.subjective, "subjective")),
                    \(try seal.text(note.objective, "objective")), \(try seal.text(note.assessment, "assessment")),
                    \(try seal.text(note.plan, "plan")), \(try seal.json(note.exercises, "exercises")),
                    \(try seal.json(note.measurements, "measurements")), \(try seal.text(note.privateNotes, "private_notes")),
                    \(note.version), \(note.createdAt), \(note.updatedAt))
            ON CONFLICT (organization_id, workout_id) DO UPDATE
            SET session_date = excluded.session_date, subjective = excluded.subjective, objective = excluded.objective,
                assessment = excluded.assessment, plan = excluded.plan, exercises = excluded.exercises,
                measurements = excluded.measurements, private_notes = excluded.private_notes, version = excluded.version,
                updated_at = excluded.updated_at
            -- Sealed for this row: one that was made meanwhile has another id.
            WHERE session_notes.note_id = excluded.note_id AND session_notes.version = excluded.version - 1
            """)
        guard written == 1 else { throw Problem(.preconditionFailed) }
    }

    /// Makes a duplicate's notes the kept person's, under that one's key, and what they noted as a trainer as well. The duplicate's key goes.
    ///
    /// - Returns: How many notes changed hands.
    func move(from duplicate: PersonID, to kept: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> Int {
        var moved = try await tx.execute(
            """
            UPDATE session_notes SET trainer_id = \(kept), version = version + 1, updated_at = now()
            WHERE organization_id = \(organization) AND trainer_id = \(duplicate)
            """)
        while true {
            let rows = try await tx.query(
                """
                \(Row.select)
                WHERE n.organization_id = \(organization) AND n.member_id = \(duplicate)
                ORDER BY n.note_id
                LIMIT 100
                """, as: Row.self)
            guard !rows.isEmpty else { break }
            let key = try await keys.obtain(organization, kept, in: tx)
            for note in try open(rows, organization) {
                let seal = Seal(key: key, organization: organization, note: note.id)
                moved += try await tx.execute(
                    """
                    UPDATE session_notes
                    SET member_id = \(kept), subjective = \(try seal.text(note.subjective, "subjective")),
                        objective = \(try seal.text(note.objective, "objective")),
                        assessment = \(try seal.text(note.assessment, "assessment")), plan = \(try seal.text(note.plan, "plan")),
                        exercises = \(try seal.json(note.exercises, "exercises")),
                        measurements = \(try seal.json(note.measurements, "measurements")),
                        private_notes = \(try seal.text(note.privateNotes, "private_notes")), version = version + 1, updated_at = now()
                    WHERE organization_id = \(organization) AND note_id = \(note.id)
                    """)
            }
        }
        try await tx.execute("DELETE FROM person_keys WHERE organization_id = \(organization) AND person_id = \(duplicate)")
        return moved
    }

    private func open(_ rows: [Row], _ organization: OrganizationID) throws -> [SessionNote] {
        var opened: [PersonID: DataKey] = [:]
        return try rows.map { row in
            let key = try opened[row.memberID] ?? keys.unwrap(row.wrapped, organization, row.memberID)
            opened[row.memberID] = key
            return try row.note(Seal(key: key, organization: organization, note: row.noteID))
        }
    }
}

/// Seals the columns of one note: what is put into another's place does not open.
private struct Seal {
    let key: DataKey
    let organization: OrganizationID
    let note: SessionNoteID

    private func context(_ column: String) -> String { SessionNoteStore.context(column, organization, "\(note)") }

    func text(_ text: Paragraph?, _ column: String) throws -> Data? { try text.map { try key.seal($0.rawValue, context: context(column)) } }

    func json(_ value: (some Encodable)?, _ column: String) throws -> Data? {
        try value.map { try key.seal(String(decoding: JSON.encode($0), as: UTF8.self), context: context(column)) }
    }

    func opened(_ sealed: Data?, _ column: String) throws -> Paragraph? {
        guard let sealed else { return nil }
        guard let text = Paragraph(rawValue: try key.open(sealed, context: context(column))) else { throw FieldEncryptionError.malformed }
        return text
    }

    func value<T: Decodable>(_ sealed: Data?, _ column: String) throws -> T? {
        try sealed.map { try JSON.decode(T.self, from: Data(try key.open($0, context: context(column)).utf8)) }
    }
}

private struct Row: Decodable, Sendable {
    var noteID: SessionNoteID
    var workoutID: WorkoutID
    var sessionID: SessionID
    var trainerID: PersonID
    var memberID: PersonID
    var sessionDate: LocalDay
    var subjective: Data?
    var objective: Data?
    var assessment: Data?
    var plan: Data?
    var exercises: Data?
    var measurements: Data?
    var privateNotes: Data?
    var version: Int64
    var createdAt: Date
    var updatedAt: Date
    var wrapped: Data

    /// With the member's key: without it there is no note any more.
    static let select: SQL = """
        SELECT n.note_id, n.workout_id, n.session_id, n.trainer_id, n.member_id, n.session_date, n.subjective, n.objective, n.assessment,
               n.plan, n.exercises, n.measurements, n.private_notes, n.version, n.created_at, n.updated_at, k.wrapped
        FROM session_notes AS n
        JOIN person_keys AS k ON k.organization_id = n.organization_id AND k.person_id = n.member_id
        """

    func note(_ seal: Seal) throws -> SessionNote {
        SessionNote(
            id: noteID, workoutID: workoutID, sessionID: sessionID, trainerID: trainerID, memberID: memberID, sessionDate: sessionDate,
            subjective: try seal.opened(subjective, "subjective"), objective: try seal.opened(objective, "objective"),
            assessment: try seal.opened(assessment, "assessment"), plan: try seal.opened(plan, "plan"),
            exercises: try seal.value(exercises, "exercises") ?? [], measurements: try seal.value(measurements, "measurements"),
            privateNotes: try seal.opened(privateNotes, "private_notes"), createdAt: createdAt, updatedAt: updatedAt, version: version)
    }
}
