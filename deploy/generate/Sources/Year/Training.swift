import ContractKit
import Foundation
import WorkoutsContract

/// Workouts with their sets, and the records that fall.
struct Training {
    let tables: Tables
    let telling: Telling
    let now: Moment

    /// A workout that was opened by a session's end, or by the member; one that is not over yet is left out or open.
    func train(
        _ member: Member, of organization: Organization, session: (id: ID, trainer: ID, startsAt: Moment)?, openedAt: Moment
    ) throws {
        let id = ID(openedAt, &organization.chance)
        var clock = openedAt + organization.chance.between(1 * .minutes, 10 * .minutes)
        let planned = plan(member, organization)
        let completedAt = clock + Double(planned.count * 3) * 2 * .minutes + 5 * .minutes
        let isDone = completedAt < now
        var kept = Kept()
        if isDone {
            for place in planned {
                for number in 1...3 {
                    try log(number, place, in: id, member, organization, at: clock, &kept)
                    clock = clock + 2 * .minutes
                }
            }
            member.workouts += 1
        }
        let table = tables.workouts
        try table.begin()
        table.id(organization.id)
        table.id(id)
        table.id(member.id)
        table.id(session?.trainer)
        table.id(session?.id)
        table.text(isDone ? "completed" : "open")
        table.moment(session?.startsAt ?? openedAt)
        table.moment(isDone ? completedAt : nil)
        table.long(isDone ? Int64(kept.sets + 2) : 1)
        table.moment(openedAt)
        table.moment(isDone ? completedAt : openedAt)
        guard isDone else { return }
        try keep(kept, of: id, member, organization, at: completedAt)
    }

    /// Four exercises of the routine, sometimes five: twelve to thirteen sets on average.
    private func plan(_ member: Member, _ organization: Organization) -> [Int] {
        let first = member.workouts % 3 * 4
        let count = organization.chance.happens(0.27) ? 5 : 4
        return (first..<first + count).map { $0 % 12 }
    }

    /// What a workout has come to.
    private struct Kept {
        var sets = 0
        /// By exercise of the routine and kind, as ``Member/bests``.
        var bests: [(place: Int, values: [Int64])] = []
    }

    private func log(
        _ number: Int, _ place: Int, in workout: ID, _ member: Member, _ organization: Organization, at moment: Moment, _ kept: inout Kept
    ) throws {
        let exercise = Library.exercises[member.routine[place]]
        let reps = 5 + organization.chance.below(8)
        // A little more with every workout, in steps of half a kilogram.
        let progress = 1 + Double(min(member.workouts, 300)) / 1000
        let grams = exercise.weight.map { weight in
            max(1, Int(weight * member.strength * progress * organization.chance.between(0.85, 1.05) / 500)) * 500
        }
        let table = tables.sets
        try table.begin()
        table.id(organization.id)
        table.id(ID(moment, &organization.chance))
        table.id(workout)
        table.id(organization.exercises[member.routine[place]])
        table.int(number)
        table.int(reps)
        table.int(grams)
        table.int(organization.chance.happens(0.8) ? 6 + organization.chance.below(5) : nil)
        for _ in 0..<3 { table.moment(moment) }

        kept.sets += 1
        if kept.bests.last?.place != place { kept.bests.append((place, [0, 0, 0])) }
        let last = kept.bests.count - 1
        func raise(_ kind: Int, to value: Int64) { kept.bests[last].values[kind] = max(kept.bests[last].values[kind], value) }
        guard let grams else { return raise(2, to: Int64(reps)) }
        raise(0, to: Int64(grams))
        if reps <= WorkoutRules.mostRepsForAnEstimate { raise(1, to: WorkoutRules.estimatedOneRepMax(grams: grams, reps: reps)) }
    }

    private func keep(_ kept: Kept, of workout: ID, _ member: Member, _ organization: Organization, at moment: Moment) throws {
        var beaten = 0
        for (place, values) in kept.bests {
            var isBeaten = false
            for (kind, value) in values.enumerated() where value > member.bests[place * 3 + kind] {
                member.bests[place * 3 + kind] = value
                isBeaten = true
                let table = tables.records
                try table.begin()
                table.id(organization.id)
                table.id(workout)
                table.id(organization.exercises[member.routine[place]])
                table.text(Library.kinds[kind].rawValue)
                table.id(member.id)
                table.long(value)
                for _ in 0..<3 { table.moment(moment) }
            }
            if isBeaten { beaten += 1 }
        }
        let event = ID(moment, &organization.chance)
        try telling.tell(
            .about(
                WorkoutCompleted(
                    organizationID: organization.organizationID, workoutID: WorkoutID(rawValue: workout.uuid),
                    memberID: PersonID(rawValue: member.id.uuid), setCount: kept.sets,
                    records: [ExerciseID](repeating: ExerciseID(rawValue: workout.uuid), count: beaten), version: 1)),
            to: member.id, of: organization, event: event, at: moment)
        try telling.heard(event, at: moment, by: [.workoutCompleted])
    }
}
