import CRabbitMQ
import Foundation

// Between the library's structures, which point into memory it reuses, and values of ours.

extension amqp_bytes_t {
    /// A copy.
    var text: String {
        guard let bytes else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: len), as: UTF8.self)
    }

    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : len) }
}

extension amqp_table_t {
    /// The flat values, copied. Arrays and tables are left out: whoever nests them deeply could exhaust our stack.
    var values: [String: HeaderValue] {
        guard let entries else { return [:] }
        var values: [String: HeaderValue] = [:]
        for entry in UnsafeBufferPointer(start: entries, count: Int(num_entries)) {
            values[entry.key.text] = entry.value.headerValue
        }
        return values
    }
}

extension amqp_field_value_t {
    fileprivate var headerValue: HeaderValue? {
        switch UInt32(kind) {
        case UInt32(AMQP_FIELD_KIND_UTF8.rawValue), UInt32(AMQP_FIELD_KIND_BYTES.rawValue): .string(value.bytes.text)
        case UInt32(AMQP_FIELD_KIND_BOOLEAN.rawValue): .bool(value.boolean != 0)
        case UInt32(AMQP_FIELD_KIND_I8.rawValue): .int(Int64(value.i8))
        case UInt32(AMQP_FIELD_KIND_U8.rawValue): .int(Int64(value.u8))
        case UInt32(AMQP_FIELD_KIND_I16.rawValue): .int(Int64(value.i16))
        case UInt32(AMQP_FIELD_KIND_U16.rawValue): .int(Int64(value.u16))
        case UInt32(AMQP_FIELD_KIND_I32.rawValue): .int(Int64(value.i32))
        case UInt32(AMQP_FIELD_KIND_U32.rawValue): .int(Int64(value.u32))
        case UInt32(AMQP_FIELD_KIND_I64.rawValue): .int(value.i64)
        case UInt32(AMQP_FIELD_KIND_U64.rawValue): .int(Int64(clamping: value.u64))
        case UInt32(AMQP_FIELD_KIND_TIMESTAMP.rawValue): .timestamp(Date(timeIntervalSince1970: TimeInterval(value.u64)))
        default: nil
        }
    }
}

extension amqp_basic_properties_t {
    /// Borrows from `arena`.
    init(_ message: Message, id: String, user: String, in arena: Arena) {
        self.init()
        _flags = 0
        // The broker refuses a message whose user is not the connection's: nobody can speak as somebody else.
        set(AMQP_BASIC_USER_ID_FLAG, \.user_id, arena.bytes(user))
        set(AMQP_BASIC_MESSAGE_ID_FLAG, \.message_id, arena.bytes(id))
        set(AMQP_BASIC_DELIVERY_MODE_FLAG, \.delivery_mode, message.isPersistent ? 2 : 1)
        if let contentType = message.contentType { set(AMQP_BASIC_CONTENT_TYPE_FLAG, \.content_type, arena.bytes(contentType)) }
        if let type = message.type { set(AMQP_BASIC_TYPE_FLAG, \.type, arena.bytes(type)) }
        if let appID = message.appID { set(AMQP_BASIC_APP_ID_FLAG, \.app_id, arena.bytes(appID)) }
        if let timestamp = message.timestamp { set(AMQP_BASIC_TIMESTAMP_FLAG, \.timestamp, Arena.seconds(timestamp)) }
        if !message.headers.isEmpty { set(AMQP_BASIC_HEADERS_FLAG, \.headers, arena.table(message.headers)) }
    }

    private mutating func set<Value>(_ flag: Int32, _ member: WritableKeyPath<Self, Value>, _ value: Value) {
        self[keyPath: member] = value
        _flags |= amqp_flags_t(flag)
    }

    fileprivate func has(_ flag: Int32) -> Bool { _flags & amqp_flags_t(flag) != 0 }
}

extension Delivery {
    /// Copies what is set in `properties`.
    mutating func fill(_ properties: amqp_basic_properties_t) {
        if properties.has(AMQP_BASIC_CONTENT_TYPE_FLAG) { contentType = properties.content_type.text }
        if properties.has(AMQP_BASIC_MESSAGE_ID_FLAG) { messageID = properties.message_id.text }
        if properties.has(AMQP_BASIC_TYPE_FLAG) { type = properties.type.text }
        if properties.has(AMQP_BASIC_APP_ID_FLAG) { appID = properties.app_id.text }
        if properties.has(AMQP_BASIC_TIMESTAMP_FLAG) { timestamp = Date(timeIntervalSince1970: TimeInterval(properties.timestamp)) }
        if properties.has(AMQP_BASIC_HEADERS_FLAG) { headers = properties.headers.values }
    }
}
