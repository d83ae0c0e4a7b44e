import NIOCore
import NIOPosix

/// A TCP connection on which tests misbehave.
enum RawConnection {
    /// Sends `text` and reads until `until` is content (with a whole head, by default), the other side closes or `patience` is over.
    static func exchange(
        _ port: Int, _ text: String, patience: Duration = .seconds(30),
        until: @escaping @Sendable (String) -> Bool = { $0.contains("\r\n\r\n") }
    ) async throws -> String {
        try await open(port) { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            return try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    var received = ""
                    do {
                        for try await part in inbound {
                            received += String(buffer: part)
                            if until(received) { break }
                        }
                    } catch is IOError {}
                    return received
                }
                group.addTask {
                    try await Task.sleep(for: patience)
                    return nil
                }
                let first = try await group.next() ?? nil
                group.cancelAll()
                return first ?? "(nothing came)"
            }
        }
    }

    static func open<Result: Sendable>(
        _ port: Int,
        _ body:
            @escaping @Sendable (NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
        }
        return try await channel.executeThenClose { inbound, outbound in try await body(inbound, outbound) }
    }
}
