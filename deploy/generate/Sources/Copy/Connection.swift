import CLibPQ
import Foundation

/// A blocking connection of a superuser, who sees past row-level security. libpq's variables (`PGHOST`, ...) say where.
final class Connection {
    private let connection: OpaquePointer

    /// - Throws: ``Failure``.
    init() throws {
        guard let connection = PQconnectdb("application_name=generate") else { throw Failure("there is no memory for a connection") }
        self.connection = connection
        guard PQstatus(connection) == CONNECTION_OK else { throw failure("connecting") }
    }

    deinit { PQfinish(connection) }

    /// Runs statements and returns the last one's rows as text; NULL is empty.
    @discardableResult func query(_ sql: String) throws -> [[String]] {
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN].contains(PQresultStatus(result)) else { throw failure(sql) }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { PQgetvalue(result, row, $0).map { String(cString: $0) } ?? "" }
        }
    }

    /// Sends a piece of what COPY reads; waits while the server is busy with the last.
    func send(_ bytes: [UInt8]) throws {
        let sent = bytes.withUnsafeBytes { PQputCopyData(connection, $0.bindMemory(to: CChar.self).baseAddress, Int32($0.count)) }
        guard sent == 1 else { throw failure("COPY") }
    }

    func endCopy() throws {
        guard PQputCopyEnd(connection, nil) == 1 else { throw failure("COPY") }
        while let result = PQgetResult(connection) {
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw failure("COPY") }
        }
    }

    private func failure(_ what: String) -> Failure {
        let said = String(cString: PQerrorMessage(connection)).trimmingCharacters(in: .whitespacesAndNewlines)
        return Failure("\(what.split(separator: "\n").first ?? ""): \(said)")
    }
}

/// Why there is no data, in one line.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
