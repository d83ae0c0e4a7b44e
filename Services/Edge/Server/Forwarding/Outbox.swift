import NIOCore
import NIOHTTP1

/// What a connection is about to send. Small pieces gather, so that head and body of most messages leave in one system call.
struct Outbox {
    private var gathered: [UInt8] = []
    private static let room = 1 << 10
    /// A larger piece costs more to copy than to send by itself.
    private static let small = 1 << 12
    private static let most = 1 << 13

    /// Lets `write` append to what is gathered.
    mutating func add(to context: ChannelHandlerContext, _ write: (inout [UInt8]) -> Void) {
        if gathered.capacity == 0 { gathered.reserveCapacity(Self.room) }
        write(&gathered)
        if gathered.count > Self.most { passOn(to: context) }
    }

    /// - Parameter isChunk: whether it is framed as a chunk.
    mutating func add(_ bytes: ByteBuffer, isChunk: Bool, to context: ChannelHandlerContext) {
        let count = bytes.readableBytes
        guard count > 0 else { return }
        if isChunk { add(to: context) { $0.add(text: "\(String(count, radix: 16))\r\n") } }
        if count <= Self.small {
            add(to: context) { gathered in bytes.withUnsafeReadableBytes { gathered.append(contentsOf: $0) } }
        } else {
            passOn(to: context)
            context.write(NIOAny(bytes), promise: nil)
        }
        if isChunk { add(to: context) { $0.add("\r\n") } }
    }

    mutating func flush(_ context: ChannelHandlerContext) {
        passOn(to: context)
        context.flush()
    }

    private mutating func passOn(to context: ChannelHandlerContext) {
        guard !gathered.isEmpty else { return }
        context.write(NIOAny(context.channel.allocator.buffer(bytes: gathered)), promise: nil)
        gathered = []
    }
}

/// Text put together from many small pieces. A `ByteBuffer` takes several times as long for each.
extension [UInt8] {
    mutating func add(_ literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    mutating func add(text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    mutating func add(text: Substring) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    mutating func add(number: Int) { add(text: String(number)) }

    mutating func addField(_ name: StaticString, _ value: String) {
        add(name)
        add(": ")
        add(text: value)
        add("\r\n")
    }

    mutating func addField(_ name: String, _ value: String) {
        add(text: name)
        add(": ")
        add(text: value)
        add("\r\n")
    }

    mutating func addStatusLine(_ status: HTTPResponseStatus) {
        if status == .ok { return add("HTTP/1.1 200 OK\r\n") }
        add("HTTP/1.1 ")
        add(number: Int(status.code))
        add(" ")
        add(text: status.reasonPhrase)
        add("\r\n")
    }
}
