import HummingbirdCore
import Logging
import NIOCore
import Postgres

/// Hummingbird's HTTP/1 connection, with the client's leaving passed on: when the connection is gone, so is the work for it.
struct GuardedChannel: ServerChildChannel {
    let inner: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        inner.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        // A request waits for the database more than for anything else: its task runs on the threads that do.
        let work = Task(executorPreference: Database.executor) { await inner.handle(value: value, logger: logger) }
        value.channel.closeFuture.whenComplete { _ in work.cancel() }
        await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
    }
}

/// Closes connections whose other side has gone or has stopped reading.
///
/// Hummingbird's idle timeout covers clients that do not send; it leaves alone those that never take their answer, and
/// half-closed ones until something is written.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any
    private let patience: TimeAmount
    private var stalled: Scheduled<Void>?

    init(patience: TimeAmount) { self.patience = patience }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            stalled?.cancel()
            stalled = nil
        } else if stalled == nil {
            let channel = context.channel
            stalled = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        // The edge closes its side when its client has gone; no client of ours sends and then closes half of a connection.
        if case .some(.inputClosed) = event as? ChannelEvent { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stalled?.cancel()
        context.fireChannelInactive()
    }
}
