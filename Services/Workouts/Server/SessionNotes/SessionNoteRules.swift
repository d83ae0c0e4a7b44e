import ContractKit
import Foundation
import WorkoutsContract

/// What a note may say, and to whom. Pure.
enum SessionNoteRules {
    static let mostExercises = 50
    static let mostMeasurements = 50

    /// - Throws: ``Problem`` `.validation` for lists that are too long, and for a day on which the session was not held anywhere on earth.
    static func check(_ body: PutSessionNote.Body, startedAt: Date) throws(Problem) {
        if body.exercises?.count ?? 0 > mostExercises { throw Problem.invalid("#/exercises", "must be at most \(mostExercises)") }
        if body.measurements?.measurements?.count ?? 0 > mostMeasurements {
            throw Problem.invalid("#/measurements/measurements", "must be at most \(mostMeasurements)")
        }
        let day: TimeInterval = 86_400
        let days = LocalDay(startedAt - day, in: .gmt)...LocalDay(startedAt + day, in: .gmt)
        guard days.contains(body.sessionDate) else { throw Problem.invalid("#/session_date", "must be the day of the session") }
    }

    /// The note as somebody sees it: what trainers keep to themselves is not in a member's.
    static func shown(_ note: SessionNote, to reader: PersonID) -> SessionNote {
        guard reader == note.memberID else { return note }
        var shown = note
        shown.privateNotes = nil
        return shown
    }
}
