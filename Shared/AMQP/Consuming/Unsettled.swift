/// What one channel delivered and nobody has settled, so that one acknowledgement may stand for many.
///
/// `multiple` acknowledges everything unsettled up to its tag: it is right only when all of that is done.
struct Unsettled {
    struct Acknowledgement: Hashable {
        var tag: UInt64
        var multiple: Bool
    }

    /// Ascending; the broker's prefetch bounds them.
    private var tags: [UInt64] = []

    var isEmpty: Bool { tags.isEmpty }

    mutating func delivered(_ tag: UInt64) { tags.append(tag) }

    /// - Returns: false when it was settled before, or never delivered.
    mutating func remove(_ tag: UInt64) -> Bool {
        guard let index = index(of: tag) else { return false }
        tags.remove(at: index)
        return true
    }

    /// The fewest acknowledgements that say that `done`, in any order, is done. Tags that are not unsettled are left out.
    mutating func acknowledge(_ done: [UInt64]) -> [Acknowledgement] {
        let done = done.sorted()
        var count = 0
        while count < min(done.count, tags.count), done[count] == tags[count] { count += 1 }
        var result: [Acknowledgement] = []
        if count > 0 { result.append(Acknowledgement(tag: tags[count - 1], multiple: count > 1)) }
        tags.removeFirst(count)
        // Behind something that is not done.
        for tag in done[count...] where remove(tag) { result.append(Acknowledgement(tag: tag, multiple: false)) }
        return result
    }

    private func index(of tag: UInt64) -> Int? {
        var range = tags.startIndex..<tags.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if tags[middle] == tag { return middle }
            range = tags[middle] < tag ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
}
