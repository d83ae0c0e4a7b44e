import AuthContract
import ContractKit
import Foundation
import SchedulingContract
import ServiceKit
import TestSupport
import WorkoutsContract

@testable import WorkoutsServer

/// An organization on the training floor, in a workouts service that runs for one test.
struct Floor: Sendable {
    let service: ServiceUnderTest
    let stored: TestDatabase
    let id = OrganizationID()
    let owner = PersonID()
    let trainer = PersonID()

    init(_ service: ServiceUnderTest, _ stored: TestDatabase) { (self.service, self.stored) = (service, stored) }

    var staff: String {
        get async throws { try await service.token(roles: [.owner], organization: id, person: owner) }
    }

    func token(_ person: PersonID, _ role: Role = .member) async throws -> String {
        try await service.token(roles: [role], organization: id, person: person)
    }

    func exercise(_ name: Line, synonyms: [Line] = []) async throws -> Exercise {
        try await service.call(
            CreateExercise(),
            body: .init(
                name: name, synonyms: synonyms, level: .beginner, type: .strength, primaryMuscles: ["chest"], instructions: ["Lift."]),
            token: staff)
    }

    func completed(_ members: [PersonID]) -> SessionCompleted {
        let start = Date(timeIntervalSince1970: 1_772_359_200)
        let price = Money(amount: 5000, currency: .example)
        return SessionCompleted(
            organizationID: id, sessionID: SessionID(), trainerID: trainer, locationID: LocationID(), classTypeID: ClassTypeID(),
            className: "Spin", category: .group, startsAt: start, endsAt: start.addingTimeInterval(3600), timeZone: .example,
            attendees: members.map { .init(bookingID: BookingID(), memberID: $0, price: price) }, version: 2)
    }

    /// Holds a session for one member. - Returns: the workout it opened.
    func workout(of member: PersonID) async throws -> Workout {
        let event = completed([member])
        try await service.hear(OnSessionCompleted(), event)
        let workouts = try await service.call(ListWorkouts(memberID: member), token: staff).data
        guard let workout = workouts.first(where: { $0.sessionID == event.sessionID }) else { throw Problem.notFound }
        return workout
    }

    @discardableResult
    func log(_ exercise: Exercise, _ reps: Reps, _ kilograms: Double?, in workout: Workout, token: String? = nil) async throws -> WorkoutSet
    {
        let staff = try await staff
        return try await service.call(
            LogSet(workoutID: workout.id),
            body: .init(exerciseID: exercise.id, reps: reps, weightKg: kilograms.flatMap { Kilograms(rawValue: $0) }, rpe: 8),
            token: token ?? staff)
    }

    func complete(_ workout: Workout) async throws -> Workout {
        try await service.call(CompleteWorkout(workoutID: workout.id), token: staff)
    }

    /// Writes the note on a member's session, as the trainer who taught it.
    @discardableResult
    func note(
        _ workout: Workout, _ body: PutSessionNote.Body, by writer: PersonID? = nil, ifMatch: String? = nil
    ) async throws -> SessionNote {
        try await service.call(
            PutSessionNote(workoutID: workout.id), body: body, token: token(writer ?? trainer, .trainer), ifMatch: ifMatch)
    }

    func search(_ q: SearchText) async throws -> [String] {
        try await service.call(ListExercises(q: q), token: staff).data.map(\.name)
    }
}

extension LocalDay {
    /// The day of the sessions that a ``Floor`` holds.
    static var held: LocalDay { LocalDay(Date(timeIntervalSince1970: 1_772_359_200), in: .gmt) }
}

func withFloor(_ body: @Sendable (Floor) async throws -> Void) async throws {
    try await withDatabase(.workouts) { stored in
        try await withService(Workouts.self, database: stored.open()) { service in
            try await body(Floor(service, stored))
        }
    }
}
