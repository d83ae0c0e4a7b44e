import ContractKit
import Foundation
import WorkoutsContract

/// Which exercises a search means, best first. Pure.
///
/// Trigrams find what looks alike but take "benhc pres" for "Bent Press"; here two letters that changed places are one mistake.
enum ExerciseSearchRules {
    struct Match: Hashable, Sendable {
        var id: ExerciseID
        /// 0 to 1,000,000.
        var score: Int
        var name: String
    }

    /// Below it a word has little in common with what was typed.
    static let threshold = 600_000

    static func rank(_ candidates: [ExerciseStore.Candidate], for query: String) -> [Match] {
        let asked = words(ExerciseRules.folded(query))
        return candidates.map { candidate in
            // Each line is a name of the exercise by itself: its name, a synonym.
            let scores = candidate.searchText.split(separator: "\n").map { score(asked, words(String($0))) }
            return Match(id: candidate.exerciseID, score: scores.max() ?? 0, name: candidate.name)
        }
        .filter { $0.score >= threshold }
        .sorted { ($1.score, $0.name, $0.id.description) < ($0.score, $1.name, $1.id.description) }
    }

    /// What follows the cursor's match.
    static func rest(of ranked: [Match], after cursor: Cursor?) throws -> [Match] {
        guard let cursor else { return ranked }
        guard let score = cursor.text(0).flatMap({ Int($0) }), let id: ExerciseID = cursor.id(1) else {
            throw Problem.invalid("?cursor", Cursor.rule)
        }
        if let index = ranked.firstIndex(where: { $0.id == id }) { return Array(ranked[(index + 1)...]) }
        // It has left the library meanwhile: go on behind its score.
        return ranked.filter { $0.score < score }
    }

    static func words(_ text: String) -> [[Character]] {
        text.split { !$0.isLetter && !$0.isNumber }.map(Array.init)
    }

    /// How well a name answers: the mean over the words that were asked for, less a little for each word that was not.
    static func score(_ asked: [[Character]], _ name: [[Character]]) -> Int {
        guard !asked.isEmpty, !name.isEmpty else { return 0 }
        let total = asked.reduce(0.0) { sum, word in sum + (name.map { likeness(word, $0) }.max() ?? 0) }
        let inOrder = likeness(asked[0], name[0]) >= 0.8 ? 0.005 : 0
        let extra = 0.01 * Double(max(0, name.count - asked.count))
        return Int(1_000_000 * min(1, max(0, total / Double(asked.count) + inOrder - extra)))
    }

    /// 1 for the same word, 0.95 for its beginning (someone is still typing), less for each mistake.
    static func likeness(_ typed: [Character], _ word: [Character]) -> Double {
        let whole = 1 - Double(mistakes(typed, word)) / Double(max(typed.count, word.count))
        guard typed.count < word.count, typed.count >= 2 else { return whole }
        let start = 1 - Double(mistakes(typed, Array(word.prefix(typed.count)))) / Double(typed.count)
        return max(whole, 0.95 * start)
    }

    /// Letters that are missing, too many, wrong, or in each other's place (optimal string alignment distance).
    static func mistakes(_ a: [Character], _ b: [Character]) -> Int {
        var rows = [Array(0...b.count)]
        for i in 1...max(a.count, 1) where i <= a.count {
            var row = [i]
            for j in 1...max(b.count, 1) where j <= b.count {
                let same = a[i - 1] == b[j - 1]
                var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (same ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
