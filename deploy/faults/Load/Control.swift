import Foundation
import Synchronization

/// What the campaign tells the load over standard input: `rate N` (0 rests), `rest MARK` (rest, and say so in the history when nothing
/// is under way any more), `tokens doubted` and `tokens trusted` (whether the fault may be what refuses a token). The end of the input
/// is the end of the load.
final class Control: Sendable {
    struct State: Sendable {
        var rate: Double
        var rest: String?
        var isOver = false
        /// A clock is wrong somewhere, and good tokens are refused: `unauthenticated` says nothing of the call.
        var doubtsTokens = false
    }

    private let state: Mutex<State>

    init(rate: Double) { state = Mutex(State(rate: rate)) }

    var now: State { state.withLock { $0 } }
    func rested() { state.withLock { $0.rest = nil } }

    /// Listens on a thread of its own: reading blocks.
    func listen() {
        Thread.detachNewThread { [self] in
            while let line = readLine() {
                let words = line.split(separator: " ")
                state.withLock { state in
                    switch (words.first, words.dropFirst().first) {
                    case ("rate", let value?): state.rate = Double(value) ?? state.rate
                    case ("rest", let mark?): (state.rate, state.rest) = (0, String(mark))
                    case ("tokens", let word?): state.doubtsTokens = word == "doubted"
                    default: break
                    }
                }
            }
            state.withLock { $0.isOver = true }
        }
    }
}
