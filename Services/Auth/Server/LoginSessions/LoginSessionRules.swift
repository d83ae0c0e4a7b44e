import ContractKit
import Foundation

/// How long a login session lasts, in seconds.
struct LoginSessionLife: Sendable, Equatable {
    /// Without a refresh.
    var idle: Int
    /// However busy it is.
    var total: Int

    /// Whoever can see other people's data is signed out sooner than a member with an app of their own.
    static func of(_ roles: [Role], remember: Bool) -> LoginSessionLife {
        let (hour, day) = (3600, 24 * 3600)
        return switch (!roles.areStaff, remember) {
        case (false, false): LoginSessionLife(idle: hour / 2, total: day)
        case (false, true): LoginSessionLife(idle: day, total: 7 * day)
        case (true, false): LoginSessionLife(idle: day, total: 7 * day)
        case (true, true): LoginSessionLife(idle: 30 * day, total: 365 * day)
        }
    }
}

extension [Role] {
    /// Whether they are of somebody who is more than a member.
    var areStaff: Bool { contains { $0 != .member } }
}

/// The refresh token that a login session expects next.
struct ExpectedRefresh: Sendable, Equatable {
    var counter: Int64
    var hash: Data
    var expiresAt: Date
    var isEnded: Bool

    enum Judgement: Sendable, Equatable {
        case good
        /// It was traded already: somebody has a copy.
        case spent
        case refused
    }

    func judge(counter presented: Int64, hash presentedHash: Data, now: Date) -> Judgement {
        if isEnded || expiresAt <= now { return .refused }
        if presented < counter { return .spent }
        return presented == counter && constantTimeEqual(presentedHash, hash) ? .good : .refused
    }
}
