public import Foundation

/// RFC 3339 moments: written in UTC with milliseconds when there are any, read with any offset.
public enum Moment {
    private static let whole = Date.ISO8601FormatStyle()
    private static let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    /// Years 1900 to 2199: what lies outside is a typing error, and some of it PostgreSQL cannot store.
    public static let range = Date(timeIntervalSince1970: -2_208_988_800)..<Date(timeIntervalSince1970: 7_258_118_400)

    public static func text(_ date: Date) -> String {
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        let rounded = Date(timeIntervalSince1970: milliseconds / 1000)
        return milliseconds.truncatingRemainder(dividingBy: 1000) == 0 ? whole.format(rounded) : fractional.format(rounded)
    }

    /// `nil` for anything but RFC 3339 within ``range``.
    public static func date(_ text: String) -> Date? {
        guard (20...40).contains(text.utf8.count) else { return nil }
        guard let date = (try? whole.parse(text)) ?? (try? fractional.parse(text)), range.contains(date) else { return nil }
        return date
    }
}
