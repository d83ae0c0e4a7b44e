import CRabbitMQ
import Foundation

// The methods we use, with our own types.

extension Connection {
    func selectConfirms() throws(BrokerError) {
        try call("confirm.select") { _ = amqp_confirm_select($0, Self.channel) }
    }

    /// Sends `message` without waiting for anything; call it within ``watched(by:_:)``. Only its confirm says that it arrived.
    func publish(_ message: Message, id: String) throws(BrokerError) {
        let arena = publishing
        defer { arena.reset() }
        let exchange = arena.bytes(message.exchange)
        let key = arena.bytes(message.routingKey)
        var properties = amqp_basic_properties_t(message, id: id, user: configuration.address.user, in: arena)
        try sendWatched("basic.publish") { state in
            message.body.withUnsafeBytes { body in
                let bytes = amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
                return amqp_basic_publish(state, Self.channel, exchange, key, 1, 0, &properties, bytes)
            }
        }
    }

    func consume(_ queue: String, prefetch: Int, isExclusive: Bool, arguments: [String: HeaderValue]) throws(BrokerError) -> String {
        try call("basic.qos") { _ = amqp_basic_qos($0, Self.channel, 0, UInt16(clamping: prefetch), 0) }
        let arena = Arena()
        var consumerTag = ""
        try call("basic.consume") { state in
            let ok = amqp_basic_consume(
                state, Self.channel, arena.bytes(queue), amqp_empty_bytes, 0, 0, isExclusive ? 1 : 0, arena.table(arguments))
            consumerTag = ok?.pointee.consumer_tag.text ?? ""
        }
        withExtendedLifetime(arena) {}
        return consumerTag
    }

    func cancelConsumer(_ consumerTag: String) throws(BrokerError) {
        let arena = Arena()
        try call("basic.cancel") { _ = amqp_basic_cancel($0, Self.channel, arena.bytes(consumerTag)) }
        withExtendedLifetime(arena) {}
    }

    /// `multiple`: with everything unsettled that was delivered before it.
    func acknowledge(_ number: UInt64, multiple: Bool) throws(BrokerError) {
        try sendWatched("basic.ack") { amqp_basic_ack($0, Self.channel, number, multiple ? 1 : 0) }
    }

    /// Gives a delivery back, or gives it up.
    func refuse(_ number: UInt64, requeue: Bool) throws(BrokerError) {
        try sendWatched("basic.nack") { amqp_basic_nack($0, Self.channel, number, 0, requeue ? 1 : 0) }
    }

    func settle(_ number: UInt64, _ settlement: Settlement) throws(BrokerError) {
        try watched { () throws(BrokerError) in
            switch settlement {
            case .later: return
            case .ack: try acknowledge(number, multiple: false)
            case .requeue, .drop: try refuse(number, requeue: settlement == .requeue)
            }
        }
    }
}

// MARK: Topology

extension Connection {
    func declareExchange(_ name: String, type: String, isDurable: Bool, arguments: [String: HeaderValue]) throws(BrokerError) {
        let arena = Arena()
        try call("exchange.declare") { state in
            _ = amqp_exchange_declare(
                state, Self.channel, arena.bytes(name), arena.bytes(type), 0, isDurable ? 1 : 0, 0, 0, arena.table(arguments))
        }
        withExtendedLifetime(arena) {}
    }

    func deleteExchange(_ name: String) throws(BrokerError) {
        let arena = Arena()
        try call("exchange.delete") { _ = amqp_exchange_delete($0, Self.channel, arena.bytes(name), 0) }
        withExtendedLifetime(arena) {}
    }

    /// - Returns: how many messages are ready in it.
    @discardableResult
    func declareQueue(
        _ name: String, isPassive: Bool = false, isDurable: Bool = true, arguments: [String: HeaderValue] = [:]
    ) throws(BrokerError) -> Int {
        let arena = Arena()
        var count = 0
        try call("queue.declare") { state in
            let ok = amqp_queue_declare(
                state, Self.channel, arena.bytes(name), isPassive ? 1 : 0, isDurable ? 1 : 0, 0, 0, arena.table(arguments))
            count = Int(ok?.pointee.message_count ?? 0)
        }
        withExtendedLifetime(arena) {}
        return count
    }

    func bind(queue: String, exchange: String, key: String, arguments: [String: HeaderValue]) throws(BrokerError) {
        let arena = Arena()
        try call("queue.bind") { state in
            _ = amqp_queue_bind(
                state, Self.channel, arena.bytes(queue), arena.bytes(exchange), arena.bytes(key), arena.table(arguments))
        }
        withExtendedLifetime(arena) {}
    }

    func unbind(queue: String, exchange: String, key: String, arguments: [String: HeaderValue]) throws(BrokerError) {
        let arena = Arena()
        try call("queue.unbind") { state in
            _ = amqp_queue_unbind(
                state, Self.channel, arena.bytes(queue), arena.bytes(exchange), arena.bytes(key), arena.table(arguments))
        }
        withExtendedLifetime(arena) {}
    }

    func deleteQueue(_ name: String) throws(BrokerError) {
        let arena = Arena()
        try call("queue.delete") { _ = amqp_queue_delete($0, Self.channel, arena.bytes(name), 0, 0) }
        withExtendedLifetime(arena) {}
    }

    func purge(_ queue: String) throws(BrokerError) -> Int {
        let arena = Arena()
        var count = 0
        try call("queue.purge") { state in
            count = Int(amqp_queue_purge(state, Self.channel, arena.bytes(queue))?.pointee.message_count ?? 0)
        }
        withExtendedLifetime(arena) {}
        return count
    }

    /// Asks for one message. - Returns: whether there is one; it comes as the next ``BrokerEvent/delivered(_:)``.
    func beginGet(_ queue: String) throws(BrokerError) -> Bool {
        let arena = Arena()
        var method = amqp_method_t()
        try call("basic.get") { method = amqp_basic_get($0, Self.channel, arena.bytes(queue), 0).reply }
        withExtendedLifetime(arena) {}
        guard method.id == AMQP_BASIC_GET_OK_METHOD, let decoded = method.decoded else { return false }
        let ok = decoded.assumingMemoryBound(to: amqp_basic_get_ok_t.self).pointee
        let tag = Delivery.Tag(generation: generation, number: ok.delivery_tag)
        content.begin(
            .delivered,
            Delivery(
                exchange: ok.exchange.text, routingKey: ok.routing_key.text, body: Data(), isRedelivered: ok.redelivered != 0, tag: tag))
        return true
    }
}
