/// Who waits for a turn, in lines by the place they ask from: the lines take turns, and within one it is first come, first served.
///
/// Whoever floods it waits behind themselves. Somebody from elsewhere is next but one, however long that line is.
struct FairQueue<Element: Sendable>: Sendable {
    enum Outcome: Sendable {
        case waits
        /// There was room only because `other`, the last of the longest line, gives way.
        case waitsInsteadOf(Element)
        /// Too many wait in this line already.
        case lineIsFull
        /// As many wait as may, and none of their lines is longer than this one would be.
        case isFull
    }

    let limit: Int
    let limitPerLine: Int
    /// None is empty.
    private var lines: [NetworkPlace: [Element]] = [:]
    /// Whose turn comes when: the places of `lines`.
    private var order: [NetworkPlace] = []

    init(limit: Int, limitPerLine: Int) {
        self.limit = limit
        self.limitPerLine = limitPerLine
    }

    var count: Int { lines.values.reduce(0) { $0 + $1.count } }

    mutating func enter(_ element: Element, from place: NetworkPlace) -> Outcome {
        let ahead = lines[place]?.count ?? 0
        guard ahead < limitPerLine else { return .lineIsFull }
        var displaced: Element?
        if count >= limit {
            guard let longest = lines.max(by: { $0.value.count < $1.value.count }), longest.value.count > ahead + 1 else { return .isFull }
            displaced = lines[longest.key]?.removeLast()
        }
        lines[place, default: []].append(element)
        if ahead == 0 { order.append(place) }
        return displaced.map(Outcome.waitsInsteadOf) ?? .waits
    }

    /// Takes out whoever's turn it is.
    mutating func next() -> Element? {
        guard let place = order.first, let element = lines[place]?.removeFirst() else { return nil }
        order.removeFirst()
        if lines[place]?.isEmpty == true { lines[place] = nil } else { order.append(place) }
        return element
    }

    /// Takes out somebody who does not want to wait any longer; nil when they wait no more.
    mutating func leave(where isMeant: (Element) -> Bool) -> Element? {
        for (place, line) in lines {
            guard let index = line.firstIndex(where: isMeant) else { continue }
            let element = lines[place]?.remove(at: index)
            if line.count == 1 {
                lines[place] = nil
                order.removeAll { $0 == place }
            }
            return element
        }
        return nil
    }
}
