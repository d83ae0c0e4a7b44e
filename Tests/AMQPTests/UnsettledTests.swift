import Testing

@testable import AMQP

@Suite struct UnsettledTests {
    private func delivered(_ tags: ClosedRange<UInt64>) -> Unsettled {
        var unsettled = Unsettled()
        for tag in tags { unsettled.delivered(tag) }
        return unsettled
    }

    @Test func whatIsDoneFromTheOldestOnIsOneAcknowledgement() {
        var unsettled = delivered(1...5)
        #expect(unsettled.acknowledge([3, 1, 2]) == [.init(tag: 3, multiple: true)])
        #expect(unsettled.acknowledge([4]) == [.init(tag: 4, multiple: false)])
        #expect(unsettled.acknowledge([5]) == [.init(tag: 5, multiple: false)])
        #expect(unsettled.isEmpty)
        #expect(unsettled.acknowledge([]).isEmpty)
    }

    @Test func nothingStandsForWhatIsNotSettled() {
        var unsettled = delivered(1...6)
        #expect(unsettled.acknowledge([2, 3, 5]) == [2, 3, 5].map { .init(tag: $0, multiple: false) })
        let expected: [Unsettled.Acknowledgement] = [.init(tag: 1, multiple: false), .init(tag: 6, multiple: false)]
        #expect(unsettled.acknowledge([1, 6]) == expected)
        #expect(unsettled.acknowledge([4]) == [.init(tag: 4, multiple: false)])
        #expect(unsettled.isEmpty)
    }

    @Test func whatWasSettledOtherwiseIsNoGap() {
        var unsettled = delivered(1...4)
        let removed = [unsettled.remove(2), unsettled.remove(2)]
        #expect(removed == [true, false])
        #expect(unsettled.acknowledge([3, 1, 4]) == [.init(tag: 4, multiple: true)])
    }

    @Test func unknownTagsAreLeftOut() {
        var unsettled = delivered(1...2)
        #expect(unsettled.acknowledge([9, 1]) == [.init(tag: 1, multiple: false)])
        #expect(unsettled.acknowledge([1, 2, 2]) == [.init(tag: 2, multiple: false)])
    }

    /// Whatever is settled in whatever order: an acknowledgement covers nothing that is open, and in the end everything is covered.
    @Test(arguments: 0..<50) func holdsForAnyOrder(seed: Int) {
        var random = Seeded(seed)
        let tags = Array(UInt64(1)...200)
        var (unsettled, open) = (delivered(1...200), Set(tags))
        var rest = tags.shuffled(using: &random)
        while !rest.isEmpty {
            let done = Array(rest.prefix(Int.random(in: 1...20, using: &random)))
            rest.removeFirst(done.count)
            if done.count == 1, Bool.random(using: &random) {
                let wasOpen = unsettled.remove(done[0])
                #expect(wasOpen)
                open.remove(done[0])
                continue
            }
            for next in unsettled.acknowledge(done) {
                let covered = open.filter { next.multiple ? $0 <= next.tag : $0 == next.tag }
                #expect(covered.isSubset(of: done))
                open.subtract(covered)
            }
            #expect(open.isDisjoint(with: done))
        }
        #expect(unsettled.isEmpty && open.isEmpty)
    }
}

private struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
