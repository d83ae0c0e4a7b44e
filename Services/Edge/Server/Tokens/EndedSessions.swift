import ContractKit
import Foundation
import NIOConcurrencyHelpers

/// Login sessions that ended lately. Their tokens still verify until they expire, so they are refused by this list.
final class EndedSessions: Sendable {
    /// A token lives 5 minutes and clocks may differ by half a minute; after this it is refused as expired anyway.
    static let memory: TimeInterval = 360

    private let ended = NIOLockedValueBox<(sessions: [LoginSessionID: Date], pruned: Date)>(([:], .distantPast))

    func end(_ session: LoginSessionID, now: Date) {
        ended.withLockedValue { ended in
            ended.sessions[session] = now.addingTimeInterval(Self.memory)
            guard now.timeIntervalSince(ended.pruned) > 10 else { return }
            ended.sessions = ended.sessions.filter { $0.value > now }
            ended.pruned = now
        }
    }

    func contains(_ session: LoginSessionID) -> Bool { ended.withLockedValue { $0.sessions[session] != nil } }
    var count: Int { ended.withLockedValue { $0.sessions.count } }
}
