import Foundation
import WorkoutsContract

/// The exercises of every organization: as many as the public library that most begin with.
enum Library {
    struct Exercise {
        let name: String
        let level: ExerciseLevel
        let equipment: String
        let primary: String
        let secondary: [String]
        let searchText: String
        /// What an average member lifts, in grams; nil where only repetitions count.
        let weight: Double?
    }

    /// The kinds of personal records, in the order in which ``Member/bests`` keeps them.
    static let kinds: [RecordKind] = [.heaviestWeight, .estimatedOneRepMax, .mostReps]

    static let exercises: [Exercise] = equipment.flatMap { tool in
        moves.enumerated().map { index, move in
            let name = "\(tool.name) \(move.name)"
            return Exercise(
                name: name, level: [.beginner, .intermediate, .advanced][index % 3], equipment: tool.name.lowercased(),
                primary: move.primary, secondary: move.secondary,
                searchText: ExerciseRules.searchText(name: name, synonyms: []),
                weight: tool.load.map { $0 * Double(20_000 + index % 12 * 5000) })
        }
    }

    static let instructions = [
        "Stand firmly and set your back before the weight moves.",
        "Lower it slowly until you feel the stretch, and keep breathing.",
        "Press or pull until you are upright again, and hold for a moment.",
    ]

    private static let equipment: [(name: String, load: Double?)] = [
        ("Barbell", 1), ("Dumbbell", 0.4), ("Kettlebell", 0.4), ("Cable", 0.6), ("Machine", 0.9), ("Smith Machine", 1), ("EZ Bar", 0.6),
        ("Trap Bar", 1.1), ("Landmine", 0.5), ("Body Weight", nil), ("Band", nil), ("Suspension", nil),
    ]

    private static let moves: [(name: String, primary: String, secondary: [String])] = [
        ("Bench Press", "chest", ["triceps", "shoulders"]), ("Incline Press", "chest", ["shoulders"]), ("Fly", "chest", []),
        ("Close-Grip Press", "triceps", ["chest"]), ("Floor Press", "chest", ["triceps"]), ("Pullover", "lats", ["chest"]),
        ("Row", "middle back", ["biceps", "lats"]), ("Seated Row", "middle back", ["biceps"]), ("Upright Row", "shoulders", ["traps"]),
        ("Pulldown", "lats", ["biceps"]), ("Pull-Up", "lats", ["biceps", "middle back"]), ("Chin-Up", "biceps", ["lats"]),
        ("Shoulder Press", "shoulders", ["triceps"]), ("Push Press", "shoulders", ["quadriceps", "triceps"]),
        ("Lateral Raise", "shoulders", []), ("Front Raise", "shoulders", []), ("Rear Fly", "shoulders", ["middle back"]),
        ("Shrug", "traps", []), ("Curl", "biceps", ["forearms"]), ("Hammer Curl", "biceps", ["forearms"]),
        ("Preacher Curl", "biceps", []), ("Wrist Curl", "forearms", []), ("Triceps Extension", "triceps", []),
        ("Pushdown", "triceps", []), ("Kickback", "triceps", []), ("Dip", "triceps", ["chest"]), ("Push-Up", "chest", ["triceps"]),
        ("Back Squat", "quadriceps", ["glutes", "hamstrings"]), ("Front Squat", "quadriceps", ["glutes"]),
        ("Split Squat", "quadriceps", ["glutes"]), ("Hack Squat", "quadriceps", ["calves"]), ("Goblet Squat", "quadriceps", ["glutes"]),
        ("Lunge", "quadriceps", ["glutes", "hamstrings"]), ("Walking Lunge", "quadriceps", ["glutes"]), ("Step-Up", "quadriceps", []),
        ("Leg Press", "quadriceps", ["glutes", "calves"]), ("Leg Extension", "quadriceps", []), ("Leg Curl", "hamstrings", []),
        ("Deadlift", "hamstrings", ["glutes", "lower back"]), ("Romanian Deadlift", "hamstrings", ["glutes"]),
        ("Sumo Deadlift", "hamstrings", ["adductors", "glutes"]), ("Good Morning", "hamstrings", ["lower back"]),
        ("Hip Thrust", "glutes", ["hamstrings"]), ("Glute Bridge", "glutes", ["hamstrings"]), ("Hip Abduction", "abductors", []),
        ("Hip Adduction", "adductors", []), ("Calf Raise", "calves", []), ("Seated Calf Raise", "calves", []),
        ("Clean", "hamstrings", ["shoulders", "traps"]), ("Snatch", "hamstrings", ["shoulders"]), ("Jerk", "shoulders", ["quadriceps"]),
        ("Thruster", "quadriceps", ["shoulders"]), ("Swing", "hamstrings", ["glutes"]), ("Carry", "forearms", ["abdominals", "traps"]),
        ("Crunch", "abdominals", []), ("Russian Twist", "abdominals", []), ("Leg Raise", "abdominals", []),
        ("Plank", "abdominals", ["shoulders"]), ("Roll-Out", "abdominals", ["lats"]), ("Side Bend", "abdominals", []),
        ("Wood Chop", "abdominals", ["shoulders"]), ("Back Extension", "lower back", ["glutes"]), ("Superman", "lower back", []),
        ("Face Pull", "shoulders", ["middle back"]), ("Neck Curl", "neck", []), ("Turkish Get-Up", "shoulders", ["abdominals"]),
        ("Windmill", "abdominals", ["shoulders"]), ("Burpee", "quadriceps", ["chest"]), ("Box Jump", "quadriceps", ["calves"]),
        ("Mountain Climber", "abdominals", ["quadriceps"]),
    ]
}
