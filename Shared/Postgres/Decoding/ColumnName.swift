/// Swift's names and the database's: `sessionID` is `session_id`, `memberIDs` is `member_ids`.
enum ColumnName {
    private static let acronyms: [Substring: String] = ["id": "ID", "ids": "IDs", "url": "URL"]

    static func of(_ property: String) -> String {
        // The plural of an acronym is one word, or `memberIDs` would come out as `member_i_ds`.
        if property.hasSuffix("IDs") {
            return property.utf8.count == 3 ? "ids" : of(String(property.dropLast(3))) + "_ids"
        }
        var result = ""
        var previousIsLower = false
        for character in property {
            if character.isUppercase {
                if previousIsLower { result.append("_") }
                result.append(contentsOf: character.lowercased())
            } else {
                result.append(character)
            }
            previousIsLower = !character.isUppercase
        }
        return result
    }

    static func property(_ name: String) -> String {
        let words = name.split(separator: "_", omittingEmptySubsequences: true)
        guard let first = words.first, words.count > 1 else { return name }
        return words.dropFirst().reduce(into: String(first)) { result, word in
            result += acronyms[word] ?? word.prefix(1).uppercased() + word.dropFirst()
        }
    }
}
