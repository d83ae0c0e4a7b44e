import ContractKit
import Foundation
import WorkoutsContract

/// How the library reads what comes from outside. Pure.
enum ExerciseRules {
    /// How two spellings are compared: lower case, without accents.
    static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }

    static func searchText(name: String, synonyms: [String]) -> String {
        ([name] + synonyms).map(folded).joined(separator: "\n")
    }

    static func level(_ level: ExerciseRow.Level) -> ExerciseLevel {
        switch level {
        case .beginner: .beginner
        case .intermediate: .intermediate
        case .expert: .advanced
        }
    }

    static func type(_ category: ExerciseRow.Category) -> ExerciseType {
        switch category {
        case .strength, .strongman, .powerlifting, .olympicWeightlifting: .strength
        case .cardio: .cardio
        case .stretching: .flexibility
        case .plyometrics: .functional
        }
    }

    /// The steps that say something.
    static func steps(of row: ExerciseRow) -> [String] { row.instructions.map(\.rawValue).filter { !$0.isEmpty } }

    struct Sorted {
        var accepted: [ExerciseRow] = []
        var rejected: [RejectedRow] = []
    }

    /// Which rows of a file the library takes, and why not the others.
    static func sort(_ rows: [Checked<ExerciseRow>]) -> Sorted {
        var result = Sorted()
        var keys: Set<Line> = []
        var names: Set<Line> = []
        for (index, row) in rows.enumerated() {
            func reject(_ member: String, _ detail: String) {
                result.rejected.append(RejectedRow(index: index, pointer: "#/\(index)/\(member)", detail: detail))
            }
            switch row {
            case .invalid(let field):
                result.rejected.append(RejectedRow(index: index, pointer: field.pointer, detail: field.detail))
            case .valid(let row) where steps(of: row).isEmpty:
                reject("instructions", "must hold at least one step")
            case .valid(let row) where !keys.insert(row.id).inserted:
                reject("id", "stands in the file twice")
            case .valid(let row) where !names.insert(row.name).inserted:
                reject("name", "stands in the file twice")
            case .valid(let row):
                result.accepted.append(row)
            }
        }
        return result
    }
}
