import DequeModule

/// The messages of one channel that were sent and not confirmed, by their delivery tags: 1, 2, 3, ... in the order of sending.
struct Unconfirmed<Owner> {
    struct Entry {
        var owner: Owner
        var messageID: String
        /// The code with which it came back; its confirm still follows.
        var returned: Int?
    }

    /// From the tag `lowest` on; nil where it was confirmed before an earlier one.
    private var entries: Deque<Entry?> = []
    private var lowest: UInt64 = 1

    var isEmpty: Bool { entries.isEmpty }
    var owners: [Owner] { entries.compactMap { $0?.owner } }

    mutating func sent(_ messageID: String, _ owner: Owner) { entries.append(Entry(owner: owner, messageID: messageID)) }

    /// A returned message has no tag: it is the oldest of its id that has not come back already.
    mutating func returned(_ messageID: String?, code: Int) {
        let index = entries.firstIndex { entry in entry.map { $0.messageID == messageID && $0.returned == nil } ?? false }
        if let index { entries[index]?.returned = code }
    }

    /// What a confirm or a refusal of `tag` settles, oldest first; in any order, and `multiple` means all up to it.
    mutating func settle(_ tag: UInt64, multiple: Bool) -> [Entry] {
        defer {
            let settled = entries.firstIndex { $0 != nil } ?? entries.count
            entries.removeFirst(settled)
            lowest += UInt64(settled)
        }
        let last = tag == 0 && multiple ? entries.count : Int(clamping: tag) - Int(lowest) + 1
        guard last > 0 else { return [] }
        if !multiple { return last <= entries.count ? entries[last - 1].take().map { [$0] } ?? [] : [] }
        return (0..<min(last, entries.count)).compactMap { entries[$0].take() }
    }
}
