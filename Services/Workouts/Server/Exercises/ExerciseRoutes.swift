import ContractKit
import Postgres
import ServiceKit
import WorkoutsContract

enum ExerciseRoutes {
    static let all: [Endpoint] = [
        .handle(ListExercises.self, list),
        .handle(GetExercise.self, read),
        .handle(CreateExercise.self, create),
        .handle(ImportExercises.self, importFile),
    ]

    @Sendable private static func list(_ call: Call<ListExercises>, _ tx: Transaction) async throws -> Page<Exercise> {
        let store = ExerciseStore(tx: tx, organizationID: try call.caller.organizationID)
        let limit = call.input.limit ?? .standard
        guard let q = call.input.q, !q.rawValue.isEmpty else {
            let page = try await store.list(call.input, limit: limit).cut(to: limit) { Cursor($0.name, $0.exerciseID) }
            return Page(data: page.rows.map(\.exercise), nextCursor: page.nextCursor)
        }
        let ranked = ExerciseSearchRules.rank(try await store.candidates(ExerciseRules.folded(q.rawValue), call.input), for: q.rawValue)
        let page = try ExerciseSearchRules.rest(of: ranked, after: call.input.cursor).cut(to: limit) { Cursor(String($0.score), $0.id) }
        return Page(data: try await store.exercises(page.rows.map(\.id)).map(\.exercise), nextCursor: page.nextCursor)
    }

    @Sendable private static func read(_ call: Call<GetExercise>, _ tx: Transaction) async throws -> Exercise {
        let store = ExerciseStore(tx: tx, organizationID: try call.caller.organizationID)
        guard let row = try await store.exercise(call.input.exerciseID) else { throw Problem.notFound }
        return row.exercise
    }

    @Sendable private static func create(_ call: Call<CreateExercise>, _ tx: Transaction) async throws -> Exercise {
        let body = call.body
        guard !body.instructions.isEmpty else { throw Problem.invalid("#/instructions", "must hold at least one step") }
        let row = ExerciseStore.Row(
            exerciseID: ExerciseID(now: call.now), name: body.name.rawValue, synonyms: (body.synonyms ?? []).map(\.rawValue),
            level: body.level, type: body.type, equipment: body.equipment?.rawValue,
            primaryMuscles: (body.primaryMuscles ?? []).map(\.rawValue), secondaryMuscles: (body.secondaryMuscles ?? []).map(\.rawValue),
            instructions: body.instructions.map(\.rawValue), images: [], version: 1)
        do {
            try await ExerciseStore(tx: tx, organizationID: try call.caller.organizationID).insert(row)
        } catch let error as DatabaseError where error.constraint == "exercises_one_name" {
            throw Problem(.exerciseExists)
        }
        return row.exercise
    }

    @Sendable private static func importFile(_ call: Call<ImportExercises>, _ tx: Transaction) async throws -> ImportExercises.Output {
        let sorted = ExerciseRules.sort(call.body.rows)
        let rows = sorted.accepted.map { ExerciseStore.ImportedRow($0, id: ExerciseID(now: call.now)) }
        let imported = try await ExerciseStore(tx: tx, organizationID: try call.caller.organizationID).takeOver(rows)
        let refused = Set(sorted.rejected.map(\.index))
        let taken = call.body.rows.enumerated().compactMap { index, row -> RejectedRow? in
            guard case .valid(let row) = row, !refused.contains(index), imported.taken.contains(row.id.rawValue) else { return nil }
            return RejectedRow(index: index, pointer: "#/\(index)/name", detail: "belongs to another exercise of the library")
        }
        return ImportExercises.Output(
            imported: imported.new, updated: imported.changed, rejected: (sorted.rejected + taken).sorted { $0.index < $1.index })
    }
}
