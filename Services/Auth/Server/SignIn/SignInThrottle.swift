import Foundation

/// Wrong passwords of one account, or of an address that has none: guessing gets slow, and nobody is locked out for good.
struct SignInThrottle: Sendable, Equatable, Decodable {
    /// That many wrong passwords cost nothing but another try.
    static let freeFailures = 5
    /// In seconds.
    static let longestWait = 900.0
    /// After a quiet time of so many seconds everything is forgotten.
    static let memory = 12 * 3600.0

    var failures: Int
    var blockedUntil: Date?
    var lastFailureAt: Date

    /// Whole seconds to wait still; nil when a try is allowed. The right password waits as well, or the wait would tell.
    func wait(now: Date) -> Int? {
        guard let blockedUntil, blockedUntil > now else { return nil }
        return Int(blockedUntil.timeIntervalSince(now).rounded(.up))
    }

    /// After the fifth failure 1 second, then 2, 4, 8 ... up to a quarter of an hour.
    static func after(_ throttle: SignInThrottle?, failureAt now: Date) -> SignInThrottle {
        let before = throttle.flatMap { now.timeIntervalSince($0.lastFailureAt) < memory ? $0.failures : nil } ?? 0
        let failures = min(before + 1, 1000)
        guard failures >= freeFailures else { return SignInThrottle(failures: failures, blockedUntil: nil, lastFailureAt: now) }
        let seconds = min(pow(2, Double(failures - freeFailures)), longestWait)
        return SignInThrottle(failures: failures, blockedUntil: now.addingTimeInterval(seconds), lastFailureAt: now)
    }
}

/// The tries left to one network address, whatever accounts they are for. Right passwords take nothing: behind one address may
/// be a whole gym.
struct AddressAllowance: Sendable, Equatable, Decodable {
    static let most = 60.0
    static let perSecond = 20.0 / 60

    var tries: Double
    var countedAt: Date

    func left(now: Date) -> Double {
        min(Self.most, tries + max(0, now.timeIntervalSince(countedAt)) * Self.perSecond)
    }

    /// Whole seconds until there is a try; nil when there is one.
    static func wait(_ allowance: AddressAllowance?, now: Date) -> Int? {
        guard let left = allowance?.left(now: now), left < 1 else { return nil }
        return Int(((1 - left) / perSecond).rounded(.up))
    }

    static func after(_ allowance: AddressAllowance?, failureAt now: Date) -> AddressAllowance {
        AddressAllowance(tries: max(0, (allowance?.left(now: now) ?? most) - 1), countedAt: now)
    }
}
