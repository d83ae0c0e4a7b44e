import NIOCore
import NIOPosix

/// One replica of a service as one event loop knows it: its kept connections, and how it has been doing.
final class Replica {
    let address: SocketAddress
    private let eventLoop: any EventLoop
    private let times: EdgeConfiguration.Times
    private let mostConnections: Int

    private var idle: [(connection: UpstreamConnection, since: NIODeadline)] = []
    private var open = 0
    private(set) var outstanding = 0
    private var failuresInARow = 0
    private var lastOut: TimeAmount?
    private(set) var outUntil = NIODeadline.uptimeNanoseconds(0)
    private var isLookingAgain = false
    private var lastTry = NIODeadline.uptimeNanoseconds(0)
    /// Since when something is owed and nothing has come.
    private var silentSince = NIODeadline.uptimeNanoseconds(0)
    /// Gone from the upstreams' names: what runs on it may end.
    private var isRetired = false

    init(_ address: SocketAddress, on eventLoop: any EventLoop, _ configuration: EdgeConfiguration) {
        self.address = address
        self.eventLoop = eventLoop
        times = configuration.times
        mostConnections = configuration.connectionsPerReplica
    }

    // How it has been doing.

    /// How many errors in a row put it out.
    static let tolerated = 5

    func isOut(_ now: NIODeadline) -> Bool { outUntil > now }
    /// Out, but a single request may find out whether it is back.
    func mayBeTried(_ now: NIODeadline) -> Bool { now - lastTry > .milliseconds(200) }
    /// It took requests and has not said a word for two seconds: perhaps frozen, and the last choice.
    func isSilent(_ now: NIODeadline) -> Bool { outstanding > 0 && now - silentSince > .seconds(2) }
    var isFull: Bool { idle.isEmpty && open >= mostConnections }

    func began() {
        if outstanding == 0 { silentSince = .now() }
        outstanding += 1
    }

    func answered() {
        silentSince = .now()
        failuresInARow = 0
        lastOut = nil
        outUntil = .uptimeNanoseconds(0)
    }

    func ended(failed: Bool) {
        outstanding -= 1
        guard failed else { return }
        failuresInARow += 1
        if failuresInARow >= Self.tolerated { putOut() }
    }

    func putOut() {
        let now = NIODeadline.now()
        guard !isOut(now) else { return }
        let time = min(lastOut.map { $0 * 2 } ?? times.firstOut, times.longestOut)
        lastOut = time
        outUntil = now + time
        failuresInARow = 0
        for (connection, _) in idle { connection.close() }
        idle = []
        lookAgain()
    }

    /// Asks every now and then whether it is back, until it is or its time is over: no request has to find out, and the replica is there
    /// again when the next one goes, as in a release. Any answer ends its time (``answered()``).
    private func lookAgain() {
        guard !isLookingAgain else { return }
        isLookingAgain = true
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(200)) {
            guard !self.isRetired, self.isOut(.now()) else {
                self.isLookingAgain = false
                return
            }
            Probe(self, on: self.eventLoop, within: self.times.probe) { _ in
                self.isLookingAgain = false
                if self.isOut(.now()) { self.lookAgain() }
            }.start()
        }
    }

    // Connections.

    func takeIdle(now: NIODeadline) -> UpstreamConnection? {
        while let (connection, since) = idle.popLast() {
            if connection.isOpen, now - since < times.pooled { return connection }
            connection.close()
        }
        return nil
    }

    func park(_ connection: UpstreamConnection) {
        if isRetired { connection.close() } else { idle.append((connection, .now())) }
    }

    func closed(_ connection: UpstreamConnection) {
        open -= 1
        idle.removeAll { $0.connection === connection }
    }

    func closeUnused(now: NIODeadline) {
        let (kept, old) = (idle.filter { now - $0.since < times.pooled }, idle.filter { now - $0.since >= times.pooled })
        idle = kept
        for (connection, _) in old { connection.close() }
    }

    func retire() {
        isRetired = true
        for (connection, _) in idle { connection.close() }
        idle = []
    }

    /// A fresh connection, ready to serve. A refused or late one puts the replica out at once.
    func connect(then use: @escaping (UpstreamConnection?) -> Void) {
        lastTry = .now()
        open += 1
        let channel = ClientBootstrap(group: eventLoop)
            .connectTimeout(times.connect)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(UpstreamConnection())
                }
            }
            .connect(to: address)
        channel.assumeIsolated().whenComplete { result in
            let connection = try? result.get().pipeline.syncOperations.handler(type: UpstreamConnection.self)
            if let connection, connection.isOpen {
                connection.belong(to: self)
                use(connection)
            } else {
                self.open -= 1
                self.putOut()
                use(nil)
            }
        }
    }
}
