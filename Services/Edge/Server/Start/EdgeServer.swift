import ContractKit
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A running edge: its listener, its event loops, and the tasks that keep its knowledge fresh.
final class EdgeServer: Sendable {
    let edge: Edge
    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBound<EdgeLoop>]
    private let listener: any Channel
    private let upkeep: Task<Void, Never>
    private let isStopped = NIOLockedValueBox(false)

    /// The port taken.
    var port: Int { listener.localAddress?.port ?? 0 }

    private init(
        _ edge: Edge, _ group: MultiThreadedEventLoopGroup, _ loops: [NIOLoopBound<EdgeLoop>], _ listener: any Channel,
        _ upkeep: Task<Void, Never>
    ) {
        self.edge = edge
        self.group = group
        self.loops = loops
        self.listener = listener
        self.upkeep = upkeep
    }

    /// - Throws: `IOError` when the port cannot be taken.
    static func start(_ edge: Edge, threads: Int = System.coreCount) async throws -> EdgeServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        do {
            var loops: [NIOLoopBound<EdgeLoop>] = []
            for eventLoop in group.makeIterator() {
                loops.append(try await eventLoop.submit { NIOLoopBound(EdgeLoop(edge, on: eventLoop), eventLoop: eventLoop) }.get())
            }
            let resolver = UpstreamResolver(endpoints: edge.configuration.upstreams)
            await update(loops, await resolver.resolve(logger: edge.log))
            let listener = try await listen(edge, group, loops)
            let interval = Duration.nanoseconds(edge.configuration.times.resolve.nanoseconds)
            let upkeep = Task { [loops] in
                await withDiscardingTaskGroup { tasks in
                    tasks.addTask { await edge.keys.follow(logger: edge.log) }
                    tasks.addTask {
                        while (try? await Task.sleep(for: interval)) != nil {
                            await update(loops, await resolver.resolve(logger: edge.log))
                        }
                    }
                }
            }
            return EdgeServer(edge, group, loops, listener, upkeep)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private static func update(_ loops: [NIOLoopBound<EdgeLoop>], _ addresses: [String: [SocketAddress]]) async {
        for loop in loops { _ = try? await loop.eventLoop.submit { loop.value.update(addresses) }.get() }
    }

    private static func listen(
        _ edge: Edge, _ group: MultiThreadedEventLoopGroup, _ loops: [NIOLoopBound<EdgeLoop>]
    ) async throws -> any Channel {
        let byLoop = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldCount = 100
        limits.maxHeaderListSize = 16 << 10
        limits.maxHeaderFieldSize = 16 << 10
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [limits] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)]?.value else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    let pipeline = channel.pipeline.syncOperations
                    if let tls = edge.tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)))
                    try pipeline.addHandler(ClientConnection(loop))
                }
            }
            .bind(host: edge.configuration.host, port: edge.configuration.port).get()
    }

    /// Says that it goes and serves on for a while, so that nobody sends it anything any more when its door closes. Then stops
    /// accepting, lets requests under way finish for a while, then closes what is left.
    func stop() async {
        // Event loops that are gone answer nobody any more.
        guard
            isStopped.withLockedValue({ stopped in
                defer { stopped = true }
                return !stopped
            })
        else { return }
        if edge.configuration.times.leave > .zero {
            for loop in loops { _ = try? await loop.eventLoop.submit { loop.value.leave() }.get() }
            try? await Task.sleep(for: .nanoseconds(edge.configuration.times.leave.nanoseconds))
        }
        upkeep.cancel()
        try? await listener.close()
        let loops = loops
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                let drained = loops.map { loop in loop.eventLoop.flatSubmit { loop.value.drain() } }
                for future in drained { _ = try? await future.get() }
            }
            tasks.addTask { [time = edge.configuration.times.drain] in
                try? await Task.sleep(for: .nanoseconds(time.nanoseconds))
                for loop in loops { _ = try? await loop.eventLoop.submit { loop.value.close() }.get() }
            }
            await tasks.next()
            tasks.cancelAll()
        }
        for loop in loops { _ = try? await loop.eventLoop.submit { loop.value.close() }.get() }
        await edge.accessLog.drain()
        try? await group.shutdownGracefully()
    }

    /// How many clients are connected.
    func clientCount() async -> Int {
        var count = 0
        for loop in loops { count += (try? await loop.eventLoop.submit { loop.value.clientCount }.get()) ?? 0 }
        return count
    }
}
