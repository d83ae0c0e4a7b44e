import Foundation
import Synchronization

/// The `Date` of answers (RFC 9110, 5.6.7), written once a second at most, and only while there are answers.
final class HTTPDate: Sendable {
    static let current = HTTPDate()

    private let written = Mutex((second: Int64.min, text: ""))

    func text(of moment: Date) -> String {
        let second = Int64(moment.timeIntervalSince1970.rounded(.down))
        return written.withLock { written in
            if written.second != second { written = (second, Self.format(second)) }
            return written.text
        }
    }

    private static func format(_ second: Int64) -> String {
        var (time, parts) = (time_t(second), tm())
        gmtime_r(&time, &parts)
        let day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(parts.tm_wday)]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
