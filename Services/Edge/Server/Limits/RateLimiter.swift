import ContractKit
import Foundation
import NIOConcurrencyHelpers
import NIOCore

/// Whom a limit counts: a signed-in person, or an address.
struct LimitKey: Hashable, Sendable {
    private var high: UInt64
    private var low: UInt64
    private var isPerson: Bool

    /// Shards need not be safe from who chooses keys: at worst event loops meet more often.
    fileprivate var mixed: Int { Int(truncatingIfNeeded: ((high ^ low) &* 0x9E37_79B9_7F4A_7C15) >> 32) }

    init(_ person: PersonID) {
        (high, low) = withUnsafeBytes(of: person.rawValue.uuid) { bytes in
            (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        isPerson = true
    }

    /// One household or server has a whole /64 of IPv6 addresses, so that is what counts there.
    init(_ address: SocketAddress?) {
        isPerson = false
        (high, low) = (0, 0)
        // Where the address lies in `sockaddr_in` and `sockaddr_in6`, on every system that has them.
        address?.withSockAddr { start, size in
            let bytes = UnsafeRawBufferPointer(start: start, count: size)
            if address?.protocol == .inet { low = UInt64(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)) }
            if address?.protocol == .inet6 { high = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self) }
        }
    }
}

/// How many requests a caller may make: a bucket that holds a minute's worth and fills evenly.
///
/// Shared by all event loops, in shards so that they rarely meet. A shard keeps two generations of buckets; one untouched
/// for a minute is full again, so forgetting it changes nothing.
final class RateLimiter: Sendable {
    struct Verdict: Equatable {
        var isAllowed: Bool
        var quota: Int
        /// Whole requests left.
        var remaining: Int
        /// Seconds until the bucket is full, or, when refused, until the next request is allowed.
        var seconds: Int
    }

    private struct Bucket {
        var level: Double
        var at: NIODeadline
    }

    private struct Shard {
        var recent: [LimitKey: Bucket] = [:]
        var older: [LimitKey: Bucket] = [:]
        var turned = NIODeadline.uptimeNanoseconds(0)
    }

    private static let window = TimeAmount.seconds(60)
    private let shards: [NIOLockedValueBox<Shard>]
    private let bucketsPerShard: Int

    init(shards: Int = 16, bucketsPerShard: Int = 8192) {
        self.shards = (0..<shards).map { _ in NIOLockedValueBox(Shard()) }
        self.bucketsPerShard = bucketsPerShard
    }

    /// Takes one request out of `key`'s bucket of `quota` a minute.
    func take(_ key: LimitKey, quota: Int, now: NIODeadline) -> Verdict {
        let shard = shards[key.mixed % shards.count]
        return shard.withLockedValue { shard in
            if now - shard.turned > Self.window || shard.recent.count >= bucketsPerShard {
                shard.older = shard.recent
                shard.recent.removeAll(keepingCapacity: true)
                shard.turned = now
            }
            let full = Double(quota)
            let rate = full / 60
            let place = shard.recent.index(forKey: key)
            var bucket = place.map { shard.recent.values[$0] } ?? shard.older[key] ?? Bucket(level: full, at: now)
            let elapsed = Double(max(0, (now - bucket.at).nanoseconds)) / 1e9
            bucket.level = min(full, bucket.level + elapsed * rate)
            bucket.at = now
            let isAllowed = bucket.level >= 1
            if isAllowed { bucket.level -= 1 }
            if let place { shard.recent.values[place] = bucket } else { shard.recent[key] = bucket }
            let missing = isAllowed ? full - bucket.level : 1 - bucket.level
            return Verdict(
                isAllowed: isAllowed, quota: quota, remaining: Int(bucket.level), seconds: max(1, Int((missing / rate).rounded(.up))))
        }
    }

    /// How many buckets are kept at the moment.
    var count: Int { shards.reduce(0) { $0 + $1.withLockedValue { $0.recent.count + $0.older.count } } }
}

extension RateLimiter.Verdict {
    /// The two fields of the IETF draft, on every answer that a limit applies to.
    func write(to buffer: inout [UInt8]) {
        buffer.add("RateLimit-Policy: \"default\";q=")
        buffer.add(number: quota)
        buffer.add(";w=60\r\nRateLimit: \"default\";r=")
        buffer.add(number: remaining)
        buffer.add(";t=")
        buffer.add(number: seconds)
        buffer.add("\r\n")
    }
}
