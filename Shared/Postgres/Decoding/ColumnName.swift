/// Swift's names and the database's: `sessionID` is `session_id`, `memberIDs` is `member_ids`.
enum ColumnName {
    private static let acronyms: [Substring: String] = ["id": "ID", "ids": "IDs", "url": "URL"]

    static func of(_ property: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(property.utf8.count + 4)
        var previousIsLower = false
        for byte in property.utf8 {
            // Swift's names are ASCII. Capitals in a row are one word: `memberIDs` is `member_ids`.
            let isUpper = (65...90).contains(byte)
            if isUpper, previousIsLower { bytes.append(UInt8(ascii: "_")) }
            bytes.append(isUpper ? byte | 0x20 : byte)
            previousIsLower = !isUpper
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func property(_ name: String) -> String {
        let words = name.split(separator: "_", omittingEmptySubsequences: true)
        guard let first = words.first, words.count > 1 else { return name }
        return words.dropFirst().reduce(into: String(first)) { result, word in
            result += acronyms[word] ?? word.prefix(1).uppercased() + word.dropFirst()
        }
    }
}
