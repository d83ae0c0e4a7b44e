import CLibPQ
import Foundation

/// The one owner of a libpq connection.
final class Wire {
    let raw: OpaquePointer
    let wait = SocketWait()
    /// What the wait is known by to the threads that tell it.
    let waitNumber: UInt64
    let cancelHandle: CancelHandle
    let settings: ConnectionSettings
    var statements = PreparedStatements()
    var parameters = Parameters()
    var isBroken = false
    /// Whether a result was there before the socket was read to its end.
    var leftMore = false

    /// OpenSSL and libpq may write to a connection whose other end has gone.
    private static let signalsIgnored: Bool = {
        precondition(PQisthreadsafe() == 1, "libpq was built without threads")
        signal(SIGPIPE, SIG_IGN)
        return true
    }()

    init(_ settings: ConnectionSettings) throws(DatabaseError) {
        _ = Self.signalsIgnored
        guard let raw = settings.connect() else { throw DatabaseError(connecting: nil) }
        // Without a processor notices go to standard error.
        PQsetNoticeProcessor(raw, { _, _ in }, nil)
        guard PQstatus(raw) == CONNECTION_OK, PQsetnonblocking(raw, 1) == 0, PQenterPipelineMode(raw) == 1,
            let cancelHandle = CancelHandle(raw)
        else {
            let error = DatabaseError(connecting: raw)
            PQfinish(raw)
            throw error
        }
        self.raw = raw
        self.cancelHandle = cancelHandle
        self.settings = settings
        waitNumber = FlightThreads.shared.add(PQsocket(raw), wait)
    }

    deinit {
        FlightThreads.shared.remove(waitNumber)
        PQfinish(raw)
    }

    var status: Landing.Status {
        if isBroken || PQstatus(raw) != CONNECTION_OK { return .broken }
        return switch PQtransactionStatus(raw) {
        case PQTRANS_IDLE: .idle
        case PQTRANS_INTRANS: .inTransaction
        case PQTRANS_INERROR: .failedTransaction
        // Something of the flight is still under way: nobody can use this connection.
        default: .broken
        }
    }
}
