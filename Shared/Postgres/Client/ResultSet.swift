import CLibPQ
import Synchronization

/// The rows of one statement, copied out of libpq's memory once.
struct ResultSet: Sendable {
    let columns: Columns
    let rowCount: Int
    /// `COMMIT`, `INSERT 0 1`.
    let tag: String
    /// How many rows a statement touched.
    let touched: Int
    private let bytes: [UInt8]
    /// Per value; a negative length is null.
    private let places: [(offset: Int, length: Int)]

    init(_ result: OpaquePointer, columns known: Columns?) {
        let columns = known ?? Columns(result)
        (self.columns, rowCount) = (columns, Int(PQntuples(result)))
        tag = PQcmdStatus(result).map { String(cString: $0) } ?? ""
        touched = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
        var bytes: [UInt8] = []
        var places: [(offset: Int, length: Int)] = []
        places.reserveCapacity(rowCount * columns.count)
        for row in 0..<Int32(rowCount) {
            for column in 0..<Int32(columns.count) {
                if PQgetisnull(result, row, column) == 1 {
                    places.append((0, -1))
                    continue
                }
                let length = Int(PQgetlength(result, row, column))
                places.append((bytes.count, length))
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: length))
            }
        }
        (self.bytes, self.places) = (bytes, places)
    }

    func field(row: Int, column: Int) -> Field {
        let place = places[row * columns.count + column]
        return Field(type: columns.types[column], bytes: place.length < 0 ? nil : bytes[place.offset..<place.offset + place.length])
    }
}

/// The names and types of a statement's columns, found by the names of Swift properties.
final class Columns: Sendable {
    let names: [String]
    let types: [PostgresType]
    private let indexes: [String: Int]
    private let properties = Mutex<[String: Int?]>([:])

    var count: Int { names.count }

    init(_ result: OpaquePointer) {
        let numbers = 0..<PQnfields(result)
        names = numbers.map { number in PQfname(result, number).map { String(cString: $0) } ?? "" }
        types = numbers.map { PostgresType(oid: PQftype(result, $0)) }
        indexes = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    /// `sessionID` finds `session_id`.
    func index(of property: String) -> Int? {
        properties.withLock { known in
            if let index = known[property] { return index }
            let index = indexes[ColumnName.of(property)] ?? indexes[property]
            known[property] = .some(index)
            return index
        }
    }
}
