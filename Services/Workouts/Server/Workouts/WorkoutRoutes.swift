import ContractKit
import Messaging
import Postgres
import ServiceKit
import WorkoutsContract

enum WorkoutRoutes {
    static var all: [Endpoint] {
        [
            .handle(ListWorkouts.self, list),
            .handle(GetWorkout.self, read),
            .handle(StartWorkout.self, start),
            .handle(LogSet.self, log),
            .handle(CompleteWorkout.self, complete),
        ]
    }

    @Sendable private static func list(_ call: Call<ListWorkouts>, _ tx: Transaction) async throws -> Page<Workout> {
        let caller = try call.caller
        let store = WorkoutStore(tx: tx, organizationID: caller.organizationID)
        let limit = call.input.limit ?? .standard
        var own = caller.ownPerson
        if let member = call.input.memberID, try await isTheirs(member, caller, tx) { own = nil }
        let page = try await store.page(member: call.input.memberID, own: own, after: call.input.cursor, limit: limit)
            .cut(to: limit) { Cursor($0.startedAt, $0.workoutID) }
        return Page(data: try await WorkoutView(store: store).show(page.rows), nextCursor: page.nextCursor)
    }

    @Sendable private static func read(_ call: Call<GetWorkout>, _ tx: Transaction) async throws -> Workout {
        let caller = try call.caller
        let store = WorkoutStore(tx: tx, organizationID: caller.organizationID)
        if let row = try await store.workout(call.input.workoutID, own: caller.ownPerson) {
            return try await WorkoutView(store: store).show(row)
        }
        // Narrowed, the database itself shows no workouts but those of the trainer's members.
        guard caller.ownPerson != nil, caller.roles.contains(.trainer), let row = try await store.workout(call.input.workoutID, own: nil),
            try await isTheirs(row.memberID, caller, tx)
        else { throw Problem.notFound }
        return try await WorkoutView(store: store).show(row)
    }

    /// Whether the caller is a trainer and the member one of theirs.
    private static func isTheirs(_ member: PersonID, _ caller: Caller, _ tx: Transaction) async throws -> Bool {
        guard let own = caller.ownPerson, own != member, caller.roles.contains(.trainer) else { return false }
        return try await PersonStore(tx: tx, organizationID: caller.organizationID).sees(own, member)
    }

    /// For whom the workout starts.
    private static func member(_ call: Call<StartWorkout>, _ tx: Transaction) async throws -> PersonID {
        let caller = try call.caller
        if let own = caller.ownPerson {
            guard call.body.memberID == nil || call.body.memberID == own else { throw Problem(.forbidden) }
            return own
        }
        guard let id = call.body.memberID else { throw Problem.invalid("#/member_id", "is missing") }
        let isMember = try await PersonStore(tx: tx, organizationID: caller.organizationID).isActiveMember(id)
        guard isMember == true else {
            // They may have been added just before.
            throw Problem.invalid("#/member_id", "must be an active member").awaiting(isMember == nil ? id.madeAt : nil, now: call.now)
        }
        return id
    }

    @Sendable private static func start(_ call: Call<StartWorkout>, _ tx: Transaction) async throws -> Workout {
        let member = try await member(call, tx)
        let store = WorkoutStore(tx: tx, organizationID: try call.caller.organizationID)
        let id = WorkoutID(now: call.now)
        store.open(.init(workoutID: id, memberID: member, trainerID: nil, sessionID: nil, startedAt: call.now))
        guard let row = try await store.workout(id, own: nil) else { throw Problem.notFound }
        return try await WorkoutView(store: store).show(row)
    }

    @Sendable private static func log(_ call: Call<LogSet>, _ tx: Transaction) async throws -> WorkoutSet {
        let caller = try call.caller
        let store = WorkoutStore(tx: tx, organizationID: caller.organizationID)
        guard let workout = try await store.locked(call.input.workoutID, own: caller.ownPerson) else { throw Problem.notFound }
        guard workout.status == .open else { throw Problem(.workoutCompleted) }
        let id = Identifier<WorkoutSetTag>(now: call.now)
        do {
            let logged = try await store.log(id, call.body, in: workout.workoutID)
            store.touch(workout.workoutID)
            return WorkoutSet(
                id: id, exerciseID: call.body.exerciseID, setNumber: logged.setNumber, reps: call.body.reps.rawValue,
                weightKg: call.body.weightKg, rpe: call.body.rpe)
        } catch let error as DatabaseError where error.constraint == "sets_one_number" {
            throw Problem(.setExists)
        } catch let error as DatabaseError where error.constraint == "sets_exercise" {
            throw Problem.invalid("#/exercise_id", "must be an exercise of the library")
        } catch let error as DatabaseError where error.constraint == "sets_number" {
            throw Problem.invalid("#/set_number", SetNumber.rule)
        }
    }

    @Sendable private static func complete(_ call: Call<CompleteWorkout>, _ tx: Transaction) async throws -> Workout {
        let caller = try call.caller
        let store = WorkoutStore(tx: tx, organizationID: caller.organizationID)
        guard let workout = try await store.locked(call.input.workoutID, own: caller.ownPerson) else { throw Problem.notFound }
        try workout.check(call.expectedVersion)
        guard let completed = try await store.complete(workout.workoutID, at: call.now) else { throw Problem(.workoutCompleted) }
        let sets = try await store.sets(of: [workout.workoutID])
        let bests = WorkoutRules.bests(
            of: sets.map { .init(exerciseID: $0.exerciseID, reps: $0.reps, weightGrams: $0.weightGrams) })
        let records = try await store.keepRecords(bests, of: completed, at: call.now)
        try await tx.emit(
            WorkoutCompleted(
                organizationID: caller.organizationID, workoutID: completed.workoutID, memberID: completed.memberID,
                sessionID: completed.sessionID, setCount: sets.count,
                records: Set(records.map(\.exerciseID)).sorted { $0.description < $1.description }, version: completed.version))
        return try await WorkoutView(store: store).show(completed)
    }
}
