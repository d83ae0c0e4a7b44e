import ContractKit
import Postgres
import ServiceKit
import WorkoutsContract

/// What two people who are one have twice, and what their records come to.
struct MergingStore {
    let organizationID: OrganizationID
    let duplicateID: PersonID
    let keptID: PersonID
    let tx: Transaction

    init(_ merging: PersonMerging, tx: Transaction) {
        (organizationID, duplicateID, keptID) = (merging.organizationID, merging.duplicateID, merging.keptID)
        self.tx = tx
    }

    /// Both may have been in a session. The workout of it is the kept person's; the other one goes if nothing was logged in it or
    /// noted about it, and is one without a session otherwise.
    func settleDoubleWorkouts() async throws -> [MergeDeed] {
        let double: [WorkoutID] = try await tx.query(
            """
            SELECT d.workout_id FROM workouts d
            JOIN workouts k ON k.organization_id = d.organization_id AND k.session_id = d.session_id AND k.member_id = \(keptID)
            WHERE d.organization_id = \(organizationID) AND d.member_id = \(duplicateID)
            ORDER BY d.workout_id FOR UPDATE OF d
            """)
        // A statement after the lock: it sees the sets that the lock waited for.
        let dropped = try await tx.execute(
            """
            DELETE FROM workouts w
            WHERE w.organization_id = \(organizationID) AND w.workout_id = ANY (\(double)::uuid[]) AND w.status = 'open' AND NOT EXISTS (
                SELECT FROM sets s WHERE s.organization_id = w.organization_id AND s.workout_id = w.workout_id
            ) AND NOT EXISTS (
                SELECT FROM session_notes n WHERE n.organization_id = w.organization_id AND n.workout_id = w.workout_id)
            """)
        try await tx.execute(
            "UPDATE workouts SET session_id = NULL WHERE organization_id = \(organizationID) AND workout_id = ANY (\(double)::uuid[])")
        return [MergeDeed(table: "workouts", outcome: .dropped, rows: dropped)]
    }

    /// Nobody sets a record for the kept person until the transaction ends.
    func lockRecords() async throws {
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(\(keptID.description)::text, 0))")
    }

    /// A record is what beat everything before it; what the other half had done by then counts now.
    func dropBeatenRecords() async throws -> [MergeDeed] {
        let dropped = try await tx.execute(
            """
            DELETE FROM personal_records r
            WHERE r.organization_id = \(organizationID) AND r.member_id = \(keptID) AND EXISTS (
                SELECT FROM personal_records earlier
                WHERE earlier.organization_id = r.organization_id AND earlier.member_id = r.member_id
                  AND earlier.exercise_id = r.exercise_id AND earlier.kind = r.kind AND earlier.value >= r.value
                  AND (earlier.achieved_at, earlier.workout_id) < (r.achieved_at, r.workout_id))
            """)
        return [MergeDeed(table: "personal_records", outcome: .dropped, rows: dropped)]
    }

    /// The duplicate's copy goes; who worked under them works under the kept person, who is under nobody rather than under themselves.
    func movePeople() async throws -> [MergeDeed] {
        let moved = try await tx.execute(
            """
            UPDATE people SET parent_trainer_id = CASE WHEN person_id <> \(keptID) THEN \(keptID)::uuid END
            WHERE organization_id = \(organizationID) AND parent_trainer_id = \(duplicateID)
            """)
        let dropped = try await tx.execute(
            "DELETE FROM people WHERE organization_id = \(organizationID) AND person_id = \(duplicateID)")
        return [MergeDeed(table: "people", outcome: .moved, rows: moved), MergeDeed(table: "people", outcome: .dropped, rows: dropped)]
    }
}
