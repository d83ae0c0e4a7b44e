import NIOCore
import NIOHTTP1

/// Asks one replica whether it is ready.
final class Probe: UpstreamUser {
    private let replica: Replica
    private let eventLoop: any EventLoop
    private let timeout: TimeAmount
    private var done: ((Bool) -> Void)?
    private var connection: UpstreamConnection?
    private var isReady = false
    private var timer: Scheduled<Void>?

    init(_ replica: Replica, on eventLoop: any EventLoop, within timeout: TimeAmount, done: @escaping (Bool) -> Void) {
        self.replica = replica
        self.eventLoop = eventLoop
        self.timeout = timeout
        self.done = done
    }

    func start() {
        // Holds the probe until it is done, as the connection does from then on.
        timer = eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.connection?.abandon(asFailure: true)
            self.finish(false)
        }
        if let connection = replica.takeIdle(now: .now()) { return use(connection) }
        replica.connect { connection in
            guard let connection else { return self.finish(false) }
            if self.done == nil { self.replica.park(connection) } else { self.use(connection) }
        }
    }

    private func use(_ connection: UpstreamConnection) {
        self.connection = connection
        connection.serve(self, isChunked: false) { buffer in
            buffer.add("GET /readyz HTTP/1.1\r\nHost: service\r\n")
            buffer.addField("Request-Timeout-Ms", String(timeout.nanoseconds / 1_000_000))
            buffer.add("\r\n")
        }
        connection.sendEnd()
        connection.flush()
    }

    private func finish(_ ready: Bool) {
        timer?.cancel()
        connection = nil
        let done = done
        self.done = nil
        done?(ready)
    }

    let takesAnswer = true
    func upstreamHead(_ head: AnswerHead) { isReady = head.status == 200 }
    func upstreamBody(_ bytes: ByteBuffer) {}
    func upstreamPause() {}
    func upstreamEnd() { finish(isReady) }
    func upstreamWritable() {}
    func upstreamLost(_ connection: UpstreamConnection) {
        // A kept connection that the service closed just now; only a fresh one tells.
        guard connection.isReused, done != nil else { return finish(false) }
        self.connection = nil
        replica.connect { connection in
            guard let connection else { return self.finish(false) }
            if self.done == nil { self.replica.park(connection) } else { self.use(connection) }
        }
    }
}
