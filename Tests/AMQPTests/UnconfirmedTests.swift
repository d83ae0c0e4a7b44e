import Testing

@testable import AMQP

@Suite struct UnconfirmedTests {
    private func sent(_ ids: String...) -> Unconfirmed<Int> {
        var unconfirmed = Unconfirmed<Int>()
        for (index, id) in ids.enumerated() { unconfirmed.sent(id, index) }
        return unconfirmed
    }

    @Test func settlesOneByOneInAnyOrder() {
        var unconfirmed = sent("a", "b", "c")
        #expect(unconfirmed.settle(3, multiple: false).map(\.owner) == [2])
        #expect(unconfirmed.settle(1, multiple: false).map(\.owner) == [0])
        #expect(unconfirmed.settle(1, multiple: false).isEmpty)
        #expect(!unconfirmed.isEmpty)
        #expect(unconfirmed.settle(2, multiple: false).map(\.owner) == [1])
        #expect(unconfirmed.isEmpty)
    }

    @Test func multipleSettlesAllUpToATag() {
        var unconfirmed = sent("a", "b", "c", "d")
        _ = unconfirmed.settle(2, multiple: false)
        #expect(unconfirmed.settle(3, multiple: true).map(\.owner) == [0, 2])
        #expect(unconfirmed.settle(3, multiple: true).isEmpty)
        #expect(unconfirmed.settle(0, multiple: true).map(\.owner) == [3])
        unconfirmed.sent("e", 4)
        #expect(unconfirmed.settle(5, multiple: true).map(\.owner) == [4])
    }

    @Test func isEmptyWhateverTheOrder() {
        var unconfirmed = sent("a", "b", "c", "d")
        _ = unconfirmed.settle(3, multiple: false)
        _ = unconfirmed.settle(4, multiple: false)
        _ = unconfirmed.settle(2, multiple: true)
        #expect(unconfirmed.isEmpty)
        unconfirmed.sent("e", 4)
        unconfirmed.returned(nil, code: 312)
        #expect(unconfirmed.settle(5, multiple: false).map(\.returned) == [nil])
    }

    @Test func aTagThatWasNeverSentSettlesNothing() {
        var unconfirmed = sent("a")
        #expect(unconfirmed.settle(9, multiple: false).isEmpty)
        #expect(unconfirmed.settle(9, multiple: true).map(\.owner) == [0])
        #expect(unconfirmed.settle(9, multiple: true).isEmpty)
    }

    @Test func returnsMarkTheOldestOfTheirID() {
        var unconfirmed = sent("a", "b", "b")
        unconfirmed.returned("b", code: 312)
        unconfirmed.returned("nobody", code: 312)
        #expect(unconfirmed.settle(3, multiple: true).map(\.returned) == [nil, 312, nil])
    }

    @Test func backoffDoublesUpToItsLimitAndBeginsAnew() {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        let delays = (0..<12).map { _ in backoff.delay(using: &random) }
        #expect((Duration.milliseconds(100)...Duration.milliseconds(200)).contains(delays[0]))
        #expect((Duration.milliseconds(200)...Duration.milliseconds(400)).contains(delays[1]))
        #expect(delays.allSatisfy { $0 <= Backoff.longest })
        #expect(delays[11] >= Backoff.longest / 2)
        backoff.connectionEnded(after: .seconds(1))
        #expect(backoff.delay(using: &random) >= Backoff.longest / 2)
        backoff.connectionEnded(after: Backoff.settled)
        #expect(backoff.delay(using: &random) <= Backoff.first)
    }
}
