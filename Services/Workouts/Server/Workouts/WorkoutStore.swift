import ContractKit
import Foundation
import Postgres
import WorkoutsContract

/// Every statement about workouts, sets and personal records.
struct WorkoutStore {
    let tx: Transaction
    let organizationID: OrganizationID

    struct Row: Decodable, Sendable, Versioned {
        var workoutID: WorkoutID
        var memberID: PersonID
        var trainerID: PersonID?
        var sessionID: SessionID?
        var status: WorkoutStatus
        var startedAt: Date
        var completedAt: Date?
        var version: Int64
    }

    struct SetRow: Decodable, Sendable {
        var workoutID: WorkoutID
        var setID: Identifier<WorkoutSetTag>
        var exerciseID: ExerciseID
        var name: String
        var setNumber: Int
        var reps: Int
        var weightGrams: Int?
        var rpe: Int?
    }

    struct RecordRow: Decodable, Sendable {
        var workoutID: WorkoutID
        var exerciseID: ExerciseID
        var kind: RecordKind
        var value: Int64
    }

    struct Opening: Sendable {
        var workoutID: WorkoutID
        var memberID: PersonID
        var trainerID: PersonID?
        var sessionID: SessionID?
        var startedAt: Date
    }

    private static let columns: SQL = """
        workout_id, member_id, trainer_id, session_id, status, started_at, completed_at, version
        """

    // MARK: Reading

    /// Newest first. With `own`, only those in which that person is the member or the trainer.
    func page(member: PersonID?, own: PersonID?, after cursor: Cursor?, limit: PageLimit) async throws -> [Row] {
        // What was not asked for is left out: `$1 IS NULL OR ...` behind row-level security would never use an index.
        let isMembers: SQL = member.map { "AND member_id = \($0)" } ?? ""
        let last = try cursor?.momentAndID(of: WorkoutTag.self)
        let isEarlier: SQL = last.map { "AND (started_at, workout_id) < (\($0), \($1))" } ?? ""
        func page(_ isTheirs: SQL) -> SQL {
            """
            SELECT \(Self.columns) FROM workouts
            WHERE organization_id = \(organizationID) \(isMembers) \(isTheirs) \(isEarlier)
            ORDER BY started_at DESC, workout_id DESC
            LIMIT \(limit.rawValue + 1)
            """
        }
        guard let own else { return try await tx.query(page("")) }
        // A page along each index: an OR would read and sort all there ever was of theirs.
        return try await tx.query(
            """
            (\(page("AND member_id = \(own)"))) UNION (\(page("AND trainer_id = \(own)")))
            ORDER BY started_at DESC, workout_id DESC
            LIMIT \(limit.rawValue + 1)
            """)
    }

    private func isTheirs(_ own: PersonID?) -> SQL {
        own.map { "AND (member_id = \($0) OR trainer_id = \($0))" } ?? ""
    }

    func workout(_ id: WorkoutID, own: PersonID?) async throws -> Row? {
        try await tx.first(
            """
            SELECT \(Self.columns) FROM workouts
            WHERE organization_id = \(organizationID) AND workout_id = \(id)
              \(isTheirs(own))
            """)
    }

    /// The workout with its row locked: no set comes in between counting them and completing it.
    func locked(_ id: WorkoutID, own: PersonID?) async throws -> Row? {
        try await tx.first(
            """
            SELECT \(Self.columns) FROM workouts
            WHERE organization_id = \(organizationID) AND workout_id = \(id)
              \(isTheirs(own))
            FOR UPDATE
            """)
    }

    func sets(of workouts: [WorkoutID]) async throws -> [SetRow] {
        try await tx.query(
            """
            SELECT workout_id, set_id, exercise_id, name, set_number, reps, weight_grams, rpe
            FROM sets JOIN exercises USING (organization_id, exercise_id)
            WHERE organization_id = \(organizationID) AND workout_id = ANY (\(workouts)::uuid[])
            ORDER BY workout_id, logged_at, set_number
            """)
    }

    func records(of workouts: [WorkoutID]) async throws -> [RecordRow] {
        try await tx.query(
            """
            SELECT workout_id, exercise_id, kind, value FROM personal_records
            WHERE organization_id = \(organizationID) AND workout_id = ANY (\(workouts)::uuid[])
            ORDER BY workout_id, exercise_id, kind
            """)
    }

    // MARK: Writing

    /// Opens a workout; one attendee of a session has one, so a second opening changes nothing.
    func open(_ opening: Opening) {
        tx.later(
            """
            INSERT INTO workouts (organization_id, workout_id, member_id, trainer_id, session_id, started_at)
            VALUES (\(organizationID), \(opening.workoutID), \(opening.memberID), \(opening.trainerID), \(opening.sessionID),
                    \(opening.startedAt))
            ON CONFLICT (organization_id, session_id, member_id) DO NOTHING
            """)
    }

    struct Logged: Decodable, Sendable { var setNumber: Int }

    /// Logs a set in a locked workout. - Throws: `DatabaseError` with constraint `sets_one_number` or `sets_exercise`.
    func log(_ id: Identifier<WorkoutSetTag>, _ body: LogSet.Body, in workout: WorkoutID) async throws -> Logged {
        try await tx.one(
            """
            INSERT INTO sets (organization_id, set_id, workout_id, exercise_id, set_number, reps, weight_grams, rpe)
            VALUES (\(organizationID), \(id), \(workout), \(body.exerciseID),
                    coalesce(\(body.setNumber)::int, (
                        SELECT coalesce(max(set_number), 0) + 1 FROM sets
                        WHERE organization_id = \(organizationID) AND workout_id = \(workout) AND exercise_id = \(body.exerciseID))),
                    \(body.reps), \(body.weightKg?.grams), \(body.rpe))
            RETURNING set_number
            """)
    }

    /// Its sets are another version of it. When each was logged is theirs: `updated_at` stays, so that no index needs a new entry.
    func touch(_ id: WorkoutID) {
        tx.later(
            """
            UPDATE workouts SET version = version + 1
            WHERE organization_id = \(organizationID) AND workout_id = \(id)
            """)
    }

    /// - Returns: nil when it is completed already.
    func complete(_ id: WorkoutID, at now: Date) async throws -> Row? {
        try await tx.first(
            """
            UPDATE workouts SET status = 'completed', completed_at = \(now), version = version + 1, updated_at = now()
            WHERE organization_id = \(organizationID) AND workout_id = \(id) AND status = 'open'
            RETURNING \(Self.columns)
            """)
    }

    /// Keeps those of `bests` that beat everything the member did before. - Returns: the new records.
    func keepRecords(_ bests: [WorkoutRules.Best], of workout: Row, at now: Date) async throws -> [RecordRow] {
        guard !bests.isEmpty else { return [] }
        // Two workouts of one member that end together must not both count as the best.
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(\(workout.memberID.description)::text, 0))")
        return try await tx.query(
            """
            INSERT INTO personal_records (organization_id, workout_id, exercise_id, kind, member_id, value, achieved_at)
            SELECT \(organizationID)::uuid, \(workout.workoutID)::uuid, best.exercise_id, best.kind, \(workout.memberID)::uuid,
                   best.value, \(now)::timestamptz
            FROM unnest(\(bests.map(\.exerciseID))::uuid[], \(bests.map(\.kind))::text[], \(bests.map(\.value))::bigint[])
                 AS best (exercise_id, kind, value)
            WHERE NOT EXISTS (
                SELECT FROM personal_records AS earlier
                WHERE earlier.organization_id = \(organizationID) AND earlier.member_id = \(workout.memberID)
                  AND earlier.exercise_id = best.exercise_id AND earlier.kind = best.kind AND earlier.value >= best.value)
            RETURNING workout_id, exercise_id, kind, value
            """)
    }
}
