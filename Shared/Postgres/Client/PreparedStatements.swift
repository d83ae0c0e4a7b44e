/// The statements that a connection's server side knows by name.
struct PreparedStatements {
    /// A service has a fixed set of statements. What comes after so many is sent unprepared rather than throwing out others.
    static let limit = 256

    final class Statement {
        let name: String
        let text: String
        /// What it takes, once the server has told.
        var parameters: [PostgresType]?
        /// What it returns, which cannot change without the server refusing the statement.
        var columns: Columns?

        init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    private var shapes: [SQLShape: Statement] = [:]
    private var known: [String: Statement] = [:]
    /// Sent, not yet confirmed.
    private var pending: [String: Statement] = [:]
    private var count = 0

    /// A statement that the server knows or was just sent, or one that is still to be sent; nil when there are enough.
    mutating func find(_ shape: SQLShape) -> (statement: Statement, isNew: Bool)? {
        if let statement = shapes[shape] { return (statement, false) }
        let text = shape.text
        if let statement = known[text] {
            // Written twice in the program, or put together in another way.
            if shapes.count < Self.limit * 4 { shapes[shape] = statement }
            return (statement, false)
        }
        if let statement = pending[text] { return (statement, false) }
        guard known.count + pending.count < Self.limit else { return nil }
        count += 1
        let statement = Statement(name: "s\(count)", text: text)
        pending[text] = statement
        return (statement, true)
    }

    mutating func confirm(_ statement: Statement) { known[statement.text] = pending.removeValue(forKey: statement.text) }

    /// What was not confirmed when its flight landed was never prepared.
    mutating func landed() { if !pending.isEmpty { pending.removeAll() } }
}
