import CRabbitMQ
import Foundation

/// What the broker says without being asked.
enum BrokerEvent: Sendable {
    case confirmed(tag: UInt64, multiple: Bool)
    case refused(tag: UInt64, multiple: Bool)
    /// A message that no queue took; its confirm follows.
    case returned(code: Int, Delivery)
    case delivered(Delivery)
    /// The queue that we consume from is gone, or has moved.
    case cancelled
    case blocked(reason: String)
    case unblocked
}

/// Puts a message together from the frames after its method: a header, then bodies.
struct ContentAssembly {
    enum Kind {
        case delivered
        case returned(code: Int)
    }

    private var kind = Kind.delivered
    private var delivery: Delivery?
    private var missing: UInt64 = 0

    mutating func begin(_ kind: Kind, _ delivery: Delivery) {
        self.kind = kind
        self.delivery = delivery
    }

    mutating func header(_ size: UInt64, _ properties: amqp_basic_properties_t) -> BrokerEvent? {
        delivery?.fill(properties)
        missing = size
        return missing == 0 ? finish() : nil
    }

    mutating func body(_ bytes: UnsafeRawBufferPointer) -> BrokerEvent? {
        if UInt64(bytes.count) == missing, delivery?.body.isEmpty == true {
            // In one piece, as nearly all are.
            delivery?.body = Data(bytes)
        } else {
            delivery?.body.append(contentsOf: bytes)
        }
        missing -= min(missing, UInt64(bytes.count))
        return missing == 0 ? finish() : nil
    }

    private mutating func finish() -> BrokerEvent? {
        guard let delivery = delivery.take() else { return nil }
        return switch kind {
        case .delivered: .delivered(delivery)
        case .returned(let code): .returned(code: code, delivery)
        }
    }
}

extension Connection {
    /// The next thing the broker said, or nil when nothing more has arrived.
    ///
    /// - Throws: ``BrokerError`` when the broker closed the channel or the connection, which is answered, or when it broke.
    func nextEvent() throws(BrokerError) -> BrokerEvent? {
        try watched { () throws(BrokerError) in try nextEventWatched() }
    }

    /// Gives `body` everything that the broker has said; throws as ``nextEvent()`` does. Prefetch and open confirms bound it.
    func takeEvents(_ body: (BrokerEvent) throws(BrokerError) -> Void) throws(BrokerError) {
        try watched { () throws(BrokerError) in
            while let event = try nextEventWatched() { try body(event) }
        }
    }

    private func nextEventWatched() throws(BrokerError) -> BrokerEvent? {
        // A frame may be a part only, so one frame is not one event.
        while let step = try readFrame({ frame throws(BrokerError) in try event(frame) }) {
            if let event = step { return event }
        }
        return nil
    }

    private func event(_ frame: amqp_frame_t) throws(BrokerError) -> BrokerEvent? {
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            return try event(frame.payload.method)
        case AMQP_FRAME_HEADER:
            guard let decoded = frame.payload.properties.decoded else { return nil }
            return content.header(
                frame.payload.properties.body_size, decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee)
        case AMQP_FRAME_BODY:
            return content.body(frame.payload.body_fragment.buffer)
        default:
            return nil
        }
    }

    private func event(_ method: amqp_method_t) throws(BrokerError) -> BrokerEvent? {
        switch method.id {
        case AMQP_CHANNEL_CLOSE_METHOD, AMQP_CONNECTION_CLOSE_METHOD: throw closed(by: method)
        case AMQP_CONNECTION_UNBLOCKED_METHOD: return .unblocked
        case AMQP_BASIC_CANCEL_METHOD: return .cancelled
        default: break
        }
        guard let decoded = method.decoded else { return nil }
        switch method.id {
        case AMQP_BASIC_ACK_METHOD:
            let ack = decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
            return .confirmed(tag: ack.delivery_tag, multiple: ack.multiple != 0)
        case AMQP_BASIC_NACK_METHOD:
            let nack = decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
            return .refused(tag: nack.delivery_tag, multiple: nack.multiple != 0)
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
            let tag = Delivery.Tag(generation: generation, number: deliver.delivery_tag)
            content.begin(
                .delivered,
                Delivery(
                    exchange: deliver.exchange.text, routingKey: deliver.routing_key.text, body: Data(),
                    isRedelivered: deliver.redelivered != 0, tag: tag))
        case AMQP_BASIC_RETURN_METHOD:
            let back = decoded.assumingMemoryBound(to: amqp_basic_return_t.self).pointee
            content.begin(
                .returned(code: Int(back.reply_code)),
                Delivery(exchange: back.exchange.text, routingKey: back.routing_key.text, body: Data()))
        case AMQP_CONNECTION_BLOCKED_METHOD:
            return .blocked(reason: decoded.assumingMemoryBound(to: amqp_connection_blocked_t.self).pointee.reason.text)
        default:
            // basic.cancel-ok and the like, which a call that timed out may leave behind.
            break
        }
        return nil
    }
}
