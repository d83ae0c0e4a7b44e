import Foundation

/// Property names as they stand on the wire and in the database: `sessionID` is `session_id`.
///
/// A test walks every declared type and checks that each of its names survives the way there and back.
public enum WireName {
    /// Words that Swift writes in capitals when they do not come first.
    private static let acronyms: [Substring: String] = ["id": "ID", "ids": "IDs", "url": "URL"]

    public static func snake(_ name: String) -> String {
        var result = ""
        result.reserveCapacity(name.utf8.count + 4)
        var previousIsLower = false
        var characters = Substring(name)
        // The plural of an acronym is one word, or `memberIDs` would come out as `member_i_ds`.
        if characters.hasSuffix("IDs") {
            characters = characters.dropLast(3)
            return characters.isEmpty ? "ids" : snake(String(characters)) + "_ids"
        }
        for character in characters {
            if character.isUppercase {
                if previousIsLower { result.append("_") }
                result.append(contentsOf: character.lowercased())
                previousIsLower = false
            } else {
                result.append(character)
                previousIsLower = true
            }
        }
        return result
    }

    public static func camel(_ name: String) -> String {
        let words = name.split(separator: "_", omittingEmptySubsequences: true)
        guard let first = words.first, words.count > 1 else { return name }
        return words.dropFirst().reduce(into: String(first)) { result, word in
            result += acronyms[word] ?? word.prefix(1).uppercased() + word.dropFirst()
        }
    }
}
