import NIOCore

/// What belongs to one event loop: its upstream connections, verified tokens and clients. Never touched from elsewhere, so
/// a request takes no lock and no hop on its way.
final class EdgeLoop {
    let edge: Edge
    let eventLoop: any EventLoop
    var tokens = TokenCache()
    let readiness: Readiness
    let metrics: EdgeMetrics
    let accessLog: AccessLog
    var random = FastRandom()
    private let sets: [String: ReplicaSet]
    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    /// Every answer is the last one of its connection, and readiness says no; whoever comes nevertheless is served.
    private(set) var isLeaving = false
    private(set) var isDraining = false
    private var drained: EventLoopPromise<Void>?
    private var upkeep: RepeatedTask?

    init(_ edge: Edge, on eventLoop: any EventLoop) {
        self.edge = edge
        self.eventLoop = eventLoop
        metrics = EdgeMetrics(operations: edge.routes.operations.count)
        accessLog = AccessLog(edge.accessLog, on: eventLoop)
        let sets = Dictionary(uniqueKeysWithValues: edge.services.map { ($0, ReplicaSet(on: eventLoop, edge.configuration)) })
        self.sets = sets
        readiness = Readiness(edge.services.map { ($0, sets[$0]) }, on: eventLoop, within: edge.configuration.times.probe)
        let bound = NIOLoopBound(sets, eventLoop: eventLoop)
        upkeep = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(5), delay: .seconds(5)) { _ in
            for set in bound.value.values { set.closeUnused(now: .now()) }
        }
    }

    func replicas(of service: String) -> ReplicaSet? { sets[service] }

    func update(_ addresses: [String: [SocketAddress]]) {
        // A failed look-up is no news: what was known goes on.
        for (service, found) in addresses where !found.isEmpty { sets[service]?.update(found) }
    }

    /// False when this loop has as many clients as it may.
    func add(_ client: ClientConnection) -> Bool {
        guard clients.count < edge.configuration.connectionsPerLoop, !isDraining else { return false }
        clients[ObjectIdentifier(client)] = client
        return true
    }

    func remove(_ client: ClientConnection) {
        clients[ObjectIdentifier(client)] = nil
        if clients.isEmpty { drained?.succeed() }
    }

    var clientCount: Int { clients.count }

    func leave() { isLeaving = true }

    /// Lets requests under way finish; the future succeeds when the last connection is closed.
    func drain() -> EventLoopFuture<Void> {
        isDraining = true
        let promise = eventLoop.makePromise(of: Void.self)
        drained = promise
        for client in clients.values { client.drain() }
        if clients.isEmpty { promise.succeed() }
        return promise.futureResult
    }

    func close() {
        upkeep?.cancel()
        for client in clients.values { client.abort() }
        for set in sets.values { set.update([]) }
        accessLog.flush()
    }
}
