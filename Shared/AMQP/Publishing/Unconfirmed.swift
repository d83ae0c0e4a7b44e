/// The messages of one channel that were sent and not confirmed, by their delivery tags: 1, 2, 3, ... in the order of sending.
struct Unconfirmed<Owner> {
    struct Entry {
        var owner: Owner
        var messageID: String
        /// The code with which it came back; its confirm still follows.
        var returned: Int?
    }

    private var entries: [UInt64: Entry] = [:]
    private var lastTag: UInt64 = 0
    /// No smaller tag is unconfirmed.
    private var lowest: UInt64 = 1

    var isEmpty: Bool { entries.isEmpty }
    var owners: [Owner] { entries.values.map(\.owner) }

    mutating func sent(_ messageID: String, _ owner: Owner) {
        lastTag += 1
        entries[lastTag] = Entry(owner: owner, messageID: messageID)
    }

    /// A returned message has no tag: it is the oldest of its id that has not come back already.
    mutating func returned(_ messageID: String?, code: Int) {
        guard lowest <= lastTag else { return }
        for tag in lowest...lastTag where entries[tag]?.messageID == messageID && entries[tag]?.returned == nil {
            entries[tag]?.returned = code
            return
        }
    }

    /// What a confirm or a refusal of `tag` settles, oldest first; in any order, and `multiple` means all up to it.
    mutating func settle(_ tag: UInt64, multiple: Bool) -> [Entry] {
        guard multiple else { return entries.removeValue(forKey: tag).map { [$0] } ?? [] }
        let last = tag == 0 ? lastTag : min(tag, lastTag)
        guard lowest <= last else { return [] }
        defer { lowest = last + 1 }
        return (lowest...last).compactMap { entries.removeValue(forKey: $0) }
    }
}
