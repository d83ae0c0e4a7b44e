import CLibPQ
import Synchronization

/// The names and types of a statement's columns, found by the names of Swift properties.
final class Columns: Sendable {
    /// A property, and the number of its column; negative when there is none.
    typealias Place = (property: String, column: Int)

    let names: [String]
    let types: [PostgresType]
    private let indexes: [String: Int]
    private let last = Mutex<[Place]>([])

    var count: Int { names.count }

    init(_ result: OpaquePointer) {
        let numbers = 0..<PQnfields(result)
        names = numbers.map { number in PQfname(result, number).map { String(cString: $0) } ?? "" }
        types = numbers.map { PostgresType(oid: PQftype(result, $0)) }
        indexes = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    /// `sessionID` finds `session_id`.
    func index(of property: String) -> Int { indexes[ColumnName.of(property)] ?? indexes[property] ?? -1 }

    /// The places that reading a row went through, in that order: what reads the next row probably takes the same way.
    var way: [Place] {
        get { last.withLock(\.self) }
        set { last.withLock { $0 = newValue } }
    }
}

/// Finds the columns for one reader after the other, by memory where it can.
final class ColumnFinder {
    private let columns: Columns
    private var way: [Columns.Place]
    private var step = 0
    private var strayed = false

    init(_ columns: Columns) {
        self.columns = columns
        way = columns.way
    }

    deinit { if strayed { columns.way = way } }

    /// A new row begins.
    func startOver() { step = 0 }

    /// The number of a property's column; nil when there is none.
    func column(_ property: String) -> Int? {
        defer { step += 1 }
        // The same property has its name from the same place in memory, which makes them equal at a glance.
        if step < way.count, way[step].property == property { return way[step].column < 0 ? nil : way[step].column }
        let column = way.first { $0.property == property }?.column ?? columns.index(of: property)
        if step < way.count { way.removeSubrange(step...) }
        way.append((property, column))
        strayed = true
        return column < 0 ? nil : column
    }
}
