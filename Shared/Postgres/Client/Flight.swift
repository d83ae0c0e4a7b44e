import CLibPQ
import Foundation

/// What a flight waits for, in the order in which it was sent.
private enum Expected {
    case preparation(of: String)
    case result(of: PreparedStatements.Statement?)
}

extension Wire {
    /// Sends all statements and one sync, then reads every result to the end.
    func fly(_ sql: [SQL], cancellation: FlightCancellation?) -> Landing {
        for refusal in sql.lazy.compactMap(\.refusal) { return Landing(failure: refusal, status: status) }
        if let cancellation, !cancellation.takeOff(cancelHandle) { return Landing(failure: .cancelled, status: status) }
        let patience = Patience(statements: sql.count, timeout: settings.statementTimeout, cancellation: cancellation)
        var landing = Landing(status: .broken)
        if let expected = send(sql) {
            read(expected, into: &landing, patience)
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
            var prepared = statements[statement.text]
            if prepared == nil, let new = statements.add(statement.text) {
                guard PQsendPrepare(raw, new.name, statement.text, 0, nil) == 1 else { return nil }
                expected.append(.preparation(of: statement.text))
                prepared = new
            }
            let parameters = Parameters(statement.values)
            let sent = parameters.withPointers { values in
                if let prepared {
                    PQsendQueryPrepared(raw, prepared.name, parameters.count, values, parameters.lengths, parameters.formats, 1)
                } else {
                    PQsendQueryParams(
                        raw, statement.text, parameters.count, nil, values, parameters.lengths, parameters.formats, 1)
                }
            }
            guard sent == 1 else { return nil }
            expected.append(.result(of: prepared))
        }
        return PQpipelineSync(raw) == 1 ? expected : nil
    }

    private func read(_ expected: [Expected], into landing: inout Landing, _ patience: Patience) {
        for step in expected {
            // A connection that broke has one error to tell, and nothing after it.
            guard let result = next(patience) else {
                landing.failure = landing.failure ?? .lost
                isBroken = true
                return
            }
            take(result, step, into: &landing)
            PQclear(result)
            if PQstatus(raw) != CONNECTION_OK || landing.failure?.kind == .connectionLost {
                isBroken = true
                landing.failure = landing.failure ?? .lost
                return
            }
            landing.wasAnswered = true
            // Each statement's results end with none.
            while let more = next(patience) {
                if PQresultStatus(more) == PGRES_FATAL_ERROR { isBroken = true }
                PQclear(more)
                if isBroken { return }
            }
            if isBroken { return }
        }
        guard let sync = next(patience), PQresultStatus(sync) == PGRES_PIPELINE_SYNC else {
            isBroken = true
            return
        }
        PQclear(sync)
    }

    private func take(_ result: OpaquePointer, _ step: Expected, into landing: inout Landing) {
        switch (PQresultStatus(result), step) {
        case (PGRES_COMMAND_OK, .preparation(let text)): statements.confirm(text)
        case (PGRES_COMMAND_OK, .result(let statement)), (PGRES_TUPLES_OK, .result(let statement)):
            let set = ResultSet(result, columns: statement?.columns)
            statement?.columns = set.columns
            landing.results.append(set)
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
    }

    /// The next result, waited for.
    private func next(_ patience: Patience) -> OpaquePointer? {
        while !isBroken && PQisBusy(raw) == 1 {
            // A broken connection may still hold the server's last words.
            if !pump(patience) { isBroken = true }
        }
        if isBroken && PQstatus(raw) == CONNECTION_OK { return nil }
        return PQgetResult(raw)
    }

    /// Writes what is to be written while it waits for something to read: a server that waits to be read does not read.
    private func pump(_ patience: Patience) -> Bool {
        let unsent = PQflush(raw)
        guard unsent >= 0, let wait = patience.next() else { return false }
        var descriptor = pollfd(fd: PQsocket(raw), events: Int16(unsent == 1 ? POLLIN | POLLOUT : POLLIN), revents: 0)
        let ready = poll(&descriptor, 1, wait)
        if ready < 0 { return errno == EINTR }
        if ready == 0 || descriptor.revents & ~Int16(POLLOUT) == 0 { return true }
        return PQconsumeInput(raw) == 1
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

    /// Milliseconds to sleep before asking again; nil when it is over.
    func next() -> Int32? {
        let now = ContinuousClock.now
        if let deadline, now >= deadline { return nil }
        if let cancelledAt = cancellation?.cancelledAt, now - cancelledAt > .seconds(3) { return nil }
        return 250
    }
}
