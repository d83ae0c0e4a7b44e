import Foundation

/// The parts of a name that search compares: every three letters in a row, and how each word begins.
///
/// They are stored as keyed hashes only. A query finds the names that hold all of its parts: `love` finds Ada Lovelace, and so do
/// `ad` and `lovelace ada`.
enum NameGrams {
    /// The parts to keep of a name.
    static func kept(of name: String) -> Set<String> {
        words(name).reduce(into: []) { grams, word in
            grams.formUnion(inner(word))
            for length in 1...2 where word.count >= length { grams.insert(beginning(word.prefix(length))) }
        }
    }

    /// The parts that a name must hold; empty when there is nothing to search by.
    static func asked(by query: String) -> Set<String> {
        words(query).reduce(into: []) { grams, word in
            // Fewer than three letters say how a word begins; more may stand anywhere in it.
            if word.count < 3 { grams.insert(beginning(word[...])) } else { grams.formUnion(inner(word)) }
        }
    }

    private static func inner(_ word: [Character]) -> Set<String> {
        guard word.count >= 3 else { return [] }
        return Set((0...word.count - 3).map { String(word[$0..<$0 + 3]) })
    }

    /// Marked by a space, which no word holds.
    private static func beginning(_ letters: ArraySlice<Character>) -> String { " " + String(letters) }

    /// Letters that people type as others but that Unicode does not take apart.
    private static let plain: [Character: String] = [
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
    ]

    /// `José` and `jose` are one, and so are `Łukasiewicz` and `lukasiewicz`: compatibility forms, case and accents do not count.
    private static func words(_ text: String) -> [[Character]] {
        text.precomposedStringWithCompatibilityMapping
            .folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
            .lowercased()
            .split { !$0.isLetter && !$0.isNumber }
            .map { word in word.flatMap { plain[$0].map(Array.init) ?? [$0] } }
    }
}
