import CLibPQ
import Foundation

/// What a flight waits for, in the order in which it was sent.
private enum Expected {
    case preparation(of: PreparedStatements.Statement)
    case description(of: PreparedStatements.Statement)
    case result(of: PreparedStatements.Statement?)
}

extension Wire {
    /// Sends all statements and one sync, then reads every result to the end.
    func fly(_ sql: [SQL], cancellation: FlightCancellation?) async -> Landing {
        for refusal in sql.lazy.compactMap(\.refusal) { return Landing(failure: refusal, status: status) }
        if let cancellation, !cancellation.takeOff(cancelHandle) { return Landing(failure: .cancelled, status: status) }
        FlightThreads.shared.flightBegins()
        defer { FlightThreads.shared.flightEnds() }
        leftMore = false
        let patience = Patience(statements: sql.count, timeout: settings.statementTimeout, cancellation: cancellation)
        var landing = Landing(status: .broken)
        if let expected = send(sql) {
            await read(expected, into: &landing, patience)
        } else {
            isBroken = true
        }
        statements.landed()
        if cancellation?.land() == true {
            // The request to cancel may still be on its way, and must not meet another statement.
            isBroken = true
            landing.failure = .cancelled
        }
        if let failure = landing.failure, failure.kind == .connectionLost || failure.isStale { isBroken = true }
        if isBroken && landing.failure == nil && landing.results.count < sql.count { landing.failure = .lost }
        landing.status = status
        return landing
    }

    /// - Returns: nil when libpq does not take them.
    private func send(_ sql: [SQL]) -> [Expected]? {
        var expected: [Expected] = []
        expected.reserveCapacity(sql.count * 2)
        for statement in sql {
            let prepared = statements.find(statement.shape)
            if let (new, isNew) = prepared, isNew {
                guard PQsendPrepare(raw, new.name, new.text, 0, nil) == 1, PQsendDescribePrepared(raw, new.name) == 1 else { return nil }
                expected += [.preparation(of: new), .description(of: new)]
            }
            parameters.set(statement.values, types: prepared?.statement.parameters)
            let sent = parameters.withPointers { count, values, lengths, formats in
                if let prepared {
                    PQsendQueryPrepared(raw, prepared.statement.name, count, values, lengths, formats, 1)
                } else {
                    PQsendQueryParams(raw, statement.text, count, nil, values, lengths, formats, 1)
                }
            }
            guard sent == 1 else { return nil }
            expected.append(.result(of: prepared?.statement))
        }
        return PQpipelineSync(raw) == 1 ? expected : nil
    }

    private func read(_ expected: [Expected], into landing: inout Landing, _ patience: Patience) async {
        for step in expected {
            // A connection that broke has one error to tell, and nothing after it.
            guard let result = await next(patience) else {
                landing.failure = landing.failure ?? .lost
                isBroken = true
                return
            }
            if !take(result, step, into: &landing) { PQclear(result) }
            if PQstatus(raw) != CONNECTION_OK || landing.failure?.kind == .connectionLost {
                isBroken = true
                landing.failure = landing.failure ?? .lost
                return
            }
            landing.wasAnswered = true
            // Each statement's results end with none.
            while let more = await next(patience) {
                if PQresultStatus(more) == PGRES_FATAL_ERROR { isBroken = true }
                PQclear(more)
                if isBroken { return }
            }
            if isBroken { return }
        }
        guard let sync = await next(patience), PQresultStatus(sync) == PGRES_PIPELINE_SYNC else {
            isBroken = true
            return
        }
        PQclear(sync)
    }

    /// - Returns: whether the landing owns the result now.
    private func take(_ result: OpaquePointer, _ step: Expected, into landing: inout Landing) -> Bool {
        switch (PQresultStatus(result), step) {
        case (PGRES_COMMAND_OK, .preparation(let statement)): statements.confirm(statement)
        case (PGRES_COMMAND_OK, .description(let statement)):
            statement.parameters = (0..<PQnparams(result)).map { PostgresType(oid: PQparamtype(result, $0)) }
        case (PGRES_COMMAND_OK, .result(let statement)), (PGRES_TUPLES_OK, .result(let statement)):
            let set = ResultSet(result, columns: statement?.columns)
            statement?.columns = set.columns
            landing.results.append(set)
            return true
        case (PGRES_FATAL_ERROR, _): landing.failure = landing.failure ?? DatabaseError(result: result)
        // The echo of an earlier failure.
        case (PGRES_PIPELINE_ABORTED, _): landing.failure = landing.failure ?? .lost
        case (PGRES_EMPTY_QUERY, _):
            landing.failure = landing.failure ?? DatabaseError(kind: .server, sqlState: "42601", message: "an empty statement")
        default:
            // COPY and whatever else keeps the connection in a state of its own.
            landing.failure = landing.failure ?? DatabaseError(kind: .server, sqlState: "0A000", message: "COPY is not supported")
            isBroken = true
        }
        return false
    }

    /// The next result, waited for.
    private func next(_ patience: Patience) async -> OpaquePointer? {
        while !isBroken && PQisBusy(raw) == 1 {
            // A broken connection may still hold the server's last words.
            if !(await pump(patience)) { isBroken = true }
        }
        if isBroken && PQstatus(raw) == CONNECTION_OK { return nil }
        return PQgetResult(raw)
    }

    /// Writes what is to be written while it waits for something to read: a server that waits to be read does not read.
    private func pump(_ patience: Patience) async -> Bool {
        let unsent = PQflush(raw)
        guard unsent >= 0, patience.lasts else { return false }
        if unsent == 1 { FlightThreads.shared.awaitRoom(PQsocket(raw), as: waitNumber) }
        // What arrived is told once: what was left in the socket then is to be fetched, not waited for.
        if !(leftMore && hasMore) { await wait.next() }
        leftMore = false
        // TLS hands out a record in parts, and the socket does not show that it holds one: 16 KB, read 8 KB or more at a time.
        var partsOfRecord = PQsslInUse(raw) == 1 ? 2 : 0
        while true {
            guard PQconsumeInput(raw) == 1 else { return false }
            if PQisBusy(raw) == 0 {
                leftMore = true
                return true
            }
            // What did not fit into libpq's buffer is not told again.
            if hasMore { continue }
            if partsOfRecord == 0 { return true }
            partsOfRecord -= 1
        }
    }

    private var hasMore: Bool {
        var descriptor = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }
}

/// How long a flight waits for a server that says nothing; the server's own limit comes first unless the network is gone.
private struct Patience {
    private let deadline: ContinuousClock.Instant?
    private let cancellation: FlightCancellation?

    init(statements: Int, timeout: Duration, cancellation: FlightCancellation?) {
        deadline = timeout > .zero ? .now + timeout * statements + .seconds(5) : nil
        self.cancellation = cancellation
    }

    var lasts: Bool {
        let now = ContinuousClock.now
        if let deadline, now >= deadline { return false }
        if let cancelledAt = cancellation?.cancelledAt, now - cancelledAt > .seconds(3) { return false }
        return true
    }
}
