import Foundation

/// A bar on standard error that says how far it is and how long it will take; where nobody watches, a line at the end.
struct Progress {
    private let unit: String
    private let count: Int
    private let begun = ContinuousClock.now
    private var shown = ContinuousClock.now
    private let isWatched = isatty(STDERR_FILENO) == 1

    init(_ unit: String, of count: Int) {
        self.unit = unit
        self.count = count
    }

    mutating func show(_ done: Int, rows: Int) {
        guard isWatched, .now - shown > .milliseconds(200) || done == count else { return }
        shown = .now
        let share = Double(done) / Double(count)
        let bar = String(repeating: "#", count: Int(share * 30)) + String(repeating: ".", count: 30 - Int(share * 30))
        let left = Int(seconds / share - seconds)
        write("\r[\(bar)] \(done)/\(count) \(unit), \(Figures.count(rows)) rows, \(left) s left   ")
    }

    func end(rows: Int) {
        let rate = Figures.count(Int(Double(rows) / seconds))
        write("\(isWatched ? "\n" : "")\(Figures.count(rows)) rows in \(Int(seconds)) s, \(rate) a second\n")
    }

    private var seconds: Double { (ContinuousClock.now - begun) / .seconds(1) }
    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Numbers as people read them.
enum Figures {
    static func count(_ number: Int) -> String {
        var digits = String(number)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }

    static func decimal(_ number: Double) -> String { String(format: number < 10 ? "%.2f" : number < 100 ? "%.1f" : "%.0f", number) }

    static func bytes(_ number: Int) -> String {
        let units = ["B", "KB", "MB", "GB", "TB"]
        var (value, unit) = (Double(number), 0)
        while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        return unit == 0 ? "\(number) B" : "\(decimal(value)) \(units[unit])"
    }
}
