import Testing

@testable import AuthServer

@Suite struct FairQueueTests {
    private func queue(_ entries: [(String, String)] = [], limit: Int = 20, limitPerLine: Int = 3) -> FairQueue<String> {
        var queue = FairQueue<String>(limit: limit, limitPerLine: limitPerLine)
        for (element, place) in entries { #expect(queue.enters(element, from: place) == "waits") }
        return queue
    }

    @Test func placesTakeTurnsAndWithinOneItIsFirstComeFirstServed() {
        var queue = queue([("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c"), ("b2", "b")])
        #expect(queue.rest() == ["a1", "b1", "c1", "a2", "b2", "a3"])
        #expect(queue.count == 0 && queue.next() == nil)
    }

    @Test("Row 23: whoever floods the queue waits behind themselves") func whoeverFloodsTheQueueWaitsBehindThemselves() {
        var queue = queue([("a0", "a"), ("a1", "a"), ("a2", "a")])
        for turn in 0..<100 {
            let place = "other \(turn)"
            #expect(queue.enters(place, from: place) == "waits")
            let turns = [queue.next(), queue.next()]
            #expect(turns.contains(place))
            #expect(queue.enters("again", from: "a") == "waits")
        }
    }

    @Test func aLineIsFullBeforeTheQueueIs() {
        var queue = queue([("a1", "a"), ("a2", "a"), ("a3", "a")])
        #expect(queue.enters("a4", from: "a") == "line is full")
        #expect(queue.enters("b1", from: "b") == "waits")
        #expect(queue.next() == "a1")
        #expect(queue.enters("a4", from: "a") == "waits")
        #expect(queue.rest() == ["b1", "a2", "a3", "a4"])
    }

    @Test func theLastOfTheLongestLineGivesWayToANewcomer() {
        var queue = queue([("a1", "a"), ("a2", "a"), ("b1", "b"), ("b2", "b"), ("b3", "b")], limit: 5)
        #expect(queue.enters("c1", from: "c") == "instead of b3")
        #expect(queue.enters("d1", from: "d").hasPrefix("instead of "))
        #expect(queue.enters("e1", from: "e").hasPrefix("instead of "))
        // Five lines of one: nobody has more than whoever comes would have.
        #expect(queue.enters("f1", from: "f") == "full")
        #expect(queue.enters("c2", from: "c") == "full")
        #expect(queue.rest() == ["a1", "b1", "c1", "d1", "e1"])
    }

    @Test func whoLeavesMakesRoomAndLosesTheirTurn() {
        var queue = queue([("a1", "a"), ("b1", "b"), ("b2", "b"), ("c1", "c")], limit: 4)
        #expect(queue.leave { $0 == "a1" } == "a1")
        #expect(queue.leave { $0 == "a1" } == nil)
        #expect(queue.leave { $0 == "b1" } == "b1")
        #expect(queue.count == 2)
        #expect(queue.enters("a2", from: "a") == "waits")
        #expect(queue.rest() == ["b2", "c1", "a2"])
    }

    @Test(arguments: [
        ("203.0.113.9", "203.0.113.9", true), ("203.0.113.9", "203.0.113.10", false), ("::ffff:203.0.113.9", "203.0.113.9", true),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.10", false), ("2001:db8:0:1::1", "2001:DB8:0:1:ffff::2", true),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", false), ("", "unknown", false),
    ])
    func aNetworkOfIPv6IsOnePlace(one: String, other: String, areOne: Bool) {
        #expect((NetworkPlace(one) == NetworkPlace(other)) == areOne)
        #expect((NetworkPlace(one).description == NetworkPlace(other).description) == areOne)
    }
}

extension FairQueue<String> {
    fileprivate mutating func enters(_ element: String, from place: String) -> String {
        switch enter(element, from: NetworkPlace(place)) {
        case .waits: "waits"
        case .waitsInsteadOf(let other): "instead of \(other)"
        case .lineIsFull: "line is full"
        case .isFull: "full"
        }
    }

    fileprivate mutating func rest() -> [String] {
        var rest: [String] = []
        while let element = next() { rest.append(element) }
        return rest
    }
}
