/// The statements that a connection's server side knows by name.
struct PreparedStatements {
    /// A service has a fixed set of statements. What comes after so many is sent unprepared rather than throwing out others.
    static let limit = 256

    final class Statement {
        let name: String
        /// What it returns, which cannot change without the server refusing the statement.
        var columns: Columns?
        init(name: String) { self.name = name }
    }

    private var known: [String: Statement] = [:]
    /// Sent, not yet confirmed.
    private var pending: [String: Statement] = [:]
    private var count = 0

    subscript(text: String) -> Statement? { known[text] ?? pending[text] }

    /// A new name for `text`; nil when there are enough.
    mutating func add(_ text: String) -> Statement? {
        guard known.count + pending.count < Self.limit else { return nil }
        count += 1
        let statement = Statement(name: "s\(count)")
        pending[text] = statement
        return statement
    }

    mutating func confirm(_ text: String) { known[text] = pending.removeValue(forKey: text) }

    /// What was not confirmed when its flight landed was never prepared.
    mutating func landed() { pending.removeAll() }
}
