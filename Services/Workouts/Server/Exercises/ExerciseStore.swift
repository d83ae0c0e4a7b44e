import ContractKit
import Foundation
import Postgres
import WorkoutsContract

/// Every statement about the exercise library.
struct ExerciseStore {
    let tx: Transaction
    let organizationID: OrganizationID

    struct Row: Codable, Sendable {
        var exerciseID: ExerciseID
        var name: String
        var synonyms: [String]
        var level: ExerciseLevel
        var type: ExerciseType
        var equipment: String?
        var primaryMuscles: [String]
        var secondaryMuscles: [String]
        var instructions: [String]
        var images: [String]
        var version: Int64

        var exercise: Exercise {
            Exercise(
                id: exerciseID, name: name, synonyms: synonyms, level: level, type: type, equipment: equipment,
                primaryMuscles: primaryMuscles, secondaryMuscles: secondaryMuscles, instructions: instructions, images: images,
                version: version)
        }
    }

    /// A row that a search may mean.
    struct Candidate: Decodable, Sendable {
        var exerciseID: ExerciseID
        var name: String
        var searchText: String
    }

    private static let columns: SQL = """
        exercise_id, name, synonyms, level, type, equipment, primary_muscles, secondary_muscles, instructions, images, version
        """

    func exercise(_ id: ExerciseID) async throws -> Row? {
        try await tx.first("SELECT \(Self.columns) FROM exercises WHERE organization_id = \(organizationID) AND exercise_id = \(id)")
    }

    private func filter(_ input: ListExercises) -> SQL {
        let works: SQL = input.muscle.map { "AND \($0)::text = ANY (primary_muscles || secondary_muscles)" } ?? ""
        let needs: SQL = input.equipment.map { "AND equipment = \($0)" } ?? ""
        let suits: SQL = input.level.map { "AND level = \($0)" } ?? ""
        return "\(works) \(needs) \(suits)"
    }

    /// The library by name.
    func list(_ input: ListExercises, limit: PageLimit) async throws -> [Row] {
        var (name, id): (String?, ExerciseID?) = (nil, nil)
        if let cursor = input.cursor {
            (name, id) = (cursor.text(0), cursor.id(1))
            guard id != nil, name != nil else { throw Problem.invalid("?cursor", Cursor.rule) }
        }
        let isLater: SQL = id.map { "AND (name, exercise_id) > (\(name), \($0))" } ?? ""
        return try await tx.query(
            """
            SELECT \(Self.columns) FROM exercises
            WHERE organization_id = \(organizationID) \(filter(input)) \(isLater)
            ORDER BY name, exercise_id
            LIMIT \(limit.rawValue + 1)
            """)
    }

    /// The rows that look most like `text`, by trigrams: a coarse choice of at most 200, for ``ExerciseSearch`` to rank.
    func candidates(_ text: String, _ input: ListExercises) async throws -> [Candidate] {
        try await tx.query(
            """
            SELECT exercise_id, name, search_text
            FROM (
                SELECT exercise_id, name, search_text, word_similarity(\(text)::text, search_text) AS likeness
                FROM exercises
                WHERE organization_id = \(organizationID) \(filter(input))
            ) AS rows
            WHERE likeness >= 0.25
            ORDER BY likeness DESC, exercise_id
            LIMIT 200
            """)
    }

    /// The exercises of `ids`, in that order.
    func exercises(_ ids: [ExerciseID]) async throws -> [Row] {
        try await tx.query(
            """
            SELECT \(Self.columns) FROM exercises
            WHERE organization_id = \(organizationID) AND exercise_id = ANY (\(ids)::uuid[])
            ORDER BY array_position(\(ids)::uuid[], exercise_id)
            """)
    }

    /// - Throws: `DatabaseError` with constraint `exercises_one_name` when the name is taken.
    func insert(_ row: Row) async throws {
        try await tx.execute(
            """
            INSERT INTO exercises (organization_id, exercise_id, name, synonyms, level, type, equipment, primary_muscles,
                                   secondary_muscles, instructions, images, search_text)
            VALUES (\(organizationID), \(row.exerciseID), \(row.name), \(row.synonyms)::text[], \(row.level), \(row.type),
                    \(row.equipment), \(row.primaryMuscles)::text[], \(row.secondaryMuscles)::text[], \(row.instructions)::text[],
                    \(row.images)::text[], \(ExerciseRules.searchText(name: row.name, synonyms: row.synonyms)))
            """)
    }

    struct Imported: Sendable {
        var new = 0
        var changed = 0
        /// Rows of the file whose name belongs to another exercise of the library.
        var taken: Set<String> = []
    }

    /// Takes over the rows of a file in one statement; a row that is here already, unchanged, is not touched.
    func takeOver(_ rows: [ImportedRow]) async throws -> Imported {
        struct Outcome: Decodable, Sendable {
            var sourceKey: String
            var outcome: String
        }
        let json = String(decoding: try JSON.encode(rows), as: UTF8.self)
        let outcomes: [Outcome] = try await tx.query(
            """
            WITH file AS (
                SELECT * FROM jsonb_to_recordset(\(json)::jsonb) AS file (
                    exercise_id uuid, source_key text, name text, level text, type text, equipment text, primary_muscles text[],
                    secondary_muscles text[], instructions text[], images text[], search_text text)
            ),
            -- A name that another exercise has would break the whole statement on exercises_one_name.
            taken AS (
                SELECT file.source_key FROM file JOIN exercises USING (name)
                WHERE exercises.organization_id = \(organizationID) AND exercises.source_key IS DISTINCT FROM file.source_key
            ),
            written AS (
                INSERT INTO exercises AS e (organization_id, exercise_id, source_key, name, level, type, equipment, primary_muscles,
                                            secondary_muscles, instructions, images, search_text)
                SELECT \(organizationID)::uuid, exercise_id, source_key, name, level, type, equipment, primary_muscles,
                       secondary_muscles, instructions, images, search_text
                FROM file WHERE source_key NOT IN (SELECT source_key FROM taken)
                ON CONFLICT (organization_id, source_key) DO UPDATE
                SET name = excluded.name, level = excluded.level, type = excluded.type, equipment = excluded.equipment,
                    primary_muscles = excluded.primary_muscles, secondary_muscles = excluded.secondary_muscles,
                    instructions = excluded.instructions, images = excluded.images, search_text = excluded.search_text,
                    version = e.version + 1, updated_at = now()
                WHERE (e.name, e.level, e.type, e.equipment, e.primary_muscles, e.secondary_muscles, e.instructions, e.images)
                      IS DISTINCT FROM
                      (excluded.name, excluded.level, excluded.type, excluded.equipment, excluded.primary_muscles,
                       excluded.secondary_muscles, excluded.instructions, excluded.images)
                RETURNING source_key, CASE WHEN version = 1 THEN 'new' ELSE 'changed' END AS outcome
            )
            SELECT source_key, outcome FROM written
            UNION ALL
            SELECT source_key, 'taken' FROM taken
            """)
        return outcomes.reduce(into: Imported()) { result, row in
            switch row.outcome {
            case "new": result.new += 1
            case "changed": result.changed += 1
            default: result.taken.insert(row.sourceKey)
            }
        }
    }

    /// A row of a file in the library's words.
    struct ImportedRow: Encodable, Sendable {
        var exerciseID: ExerciseID
        var sourceKey: String
        var name: String
        var level: ExerciseLevel
        var type: ExerciseType
        var equipment: String?
        var primaryMuscles: [String]
        var secondaryMuscles: [String]
        var instructions: [String]
        var images: [String]
        var searchText: String
    }
}

extension ExerciseStore.ImportedRow {
    init(_ row: ExerciseRow, id: ExerciseID) {
        self.init(
            exerciseID: id, sourceKey: row.id.rawValue, name: row.name.rawValue, level: ExerciseRules.level(row.level),
            type: ExerciseRules.type(row.category), equipment: row.equipment?.rawValue,
            primaryMuscles: row.primaryMuscles.map(\.rawValue), secondaryMuscles: row.secondaryMuscles.map(\.rawValue),
            instructions: ExerciseRules.steps(of: row), images: (row.images ?? []).map(\.rawValue),
            searchText: ExerciseRules.searchText(name: row.name.rawValue, synonyms: []))
    }
}
