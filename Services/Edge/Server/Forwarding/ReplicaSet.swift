import NIOCore

/// The replicas of one service as one event loop knows them.
final class ReplicaSet {
    private(set) var replicas: [Replica] = []
    private var turn = 0
    private let eventLoop: any EventLoop
    private let configuration: EdgeConfiguration

    init(on eventLoop: any EventLoop, _ configuration: EdgeConfiguration) {
        self.eventLoop = eventLoop
        self.configuration = configuration
    }

    /// Takes up what the upstreams' names stand for now; replicas that stay keep their connections.
    func update(_ addresses: [SocketAddress]) {
        let gone = replicas.filter { !addresses.contains($0.address) }
        replicas = addresses.map { address in
            replicas.first { $0.address == address } ?? Replica(address, on: eventLoop, configuration)
        }
        for replica in gone { replica.retire() }
    }

    /// The replica with the least to do, in turn among equals; those that were tried, are out or full are passed over. When
    /// all others are out, one request now and then finds out who is back.
    func pick(now: NIODeadline, besides tried: [Replica] = []) -> Replica? {
        guard !replicas.isEmpty else { return nil }
        turn = (turn + 1) % replicas.count
        var best: Replica?
        for offset in replicas.indices {
            let replica = replicas[(turn + offset) % replicas.count]
            guard !replica.isOut(now), !replica.isFull, !tried.contains(where: { $0 === replica }) else { continue }
            guard let chosen = best else {
                best = replica
                continue
            }
            let (one, other) = (replica.isSilent(now), chosen.isSilent(now))
            if one != other ? other : replica.outstanding < chosen.outstanding { best = replica }
        }
        return best
            ?? replicas.filter { replica in
                replica.isOut(now) && replica.mayBeTried(now) && !tried.contains { $0 === replica }
            }.min { $0.outUntil < $1.outUntil }
    }

    func closeUnused(now: NIODeadline) {
        for replica in replicas { replica.closeUnused(now: now) }
    }
}
