import AMQP
import Foundation
import Synchronization

/// Stands between a client and the broker and can freeze, swallow or cut what passes. Plain sockets on threads.
final class TestProxy: Sendable {
    private struct State {
        var isFrozen = false
        var swallowsToClient = false
        var sockets: [Int32] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let thaw = NSCondition()
    private let listener: Int32
    let port: Int

    init(to brokerPort: Int) throws {
        (listener, port) = try Self.listen()
        Thread { [self] in accept(to: brokerPort) }.start()
    }

    /// Stops forwarding in both directions; connections stay open.
    func freeze() { state.withLock { $0.isFrozen = true } }

    func resume() {
        thaw.lock()
        state.withLock {
            $0.isFrozen = false
            $0.swallowsToClient = false
        }
        thaw.broadcast()
        thaw.unlock()
    }

    /// Throws away what the broker says, from now on.
    func swallowAnswers() { state.withLock { $0.swallowsToClient = true } }

    /// Breaks all connections.
    func cut() {
        for socket in state.withLock({ $0.sockets }) { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        resume()
        cut()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// A port that was free a moment ago.
    static func freePort() throws -> Int {
        let (listener, port) = try listen()
        Glibc.close(listener)
        return port
    }

    private static func listen() throws -> (Int32, Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && Glibc.listen(listener, 16) == 0 && getsockname(listener, address, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRINUSE) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private func accept(to brokerPort: Int) {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            let broker = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.loopback(brokerPort)
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(broker, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard connected else {
                Glibc.close(client)
                Glibc.close(broker)
                continue
            }
            // Descriptors are left open until the process ends: tests are short, and a number used again would be cut by mistake.
            state.withLock { $0.sockets += [client, broker] }
            Thread { [self] in copy(from: client, to: broker, isToClient: false) }.start()
            Thread { [self] in copy(from: broker, to: client, isToClient: true) }.start()
        }
    }

    private func copy(from source: Int32, to target: Int32, isToClient: Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            thaw.lock()
            while state.withLock({ $0.isFrozen }) { thaw.wait() }
            thaw.unlock()
            if isToClient && state.withLock({ $0.swallowsToClient }) { continue }
            var sent = 0
            while sent < count {
                let written = buffer[sent..<count].withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard written > 0 else { break }
                sent += written
            }
            guard sent == count else { break }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(target, Int32(SHUT_RDWR))
    }
}

/// A broker seen through a proxy.
func withProxy(_ broker: TestBroker, _ body: (TestProxy, BrokerConfigurationMaker) async throws -> Void) async throws {
    let direct = try broker.address()
    let proxy = try TestProxy(to: direct.port)
    defer { proxy.close() }
    try await body(proxy, BrokerConfigurationMaker(broker: broker, port: proxy.port))
}
