import CRabbitMQ
import Foundation

/// Memory for what one library call is given: the library's tables and byte strings borrow, they do not copy.
///
/// Keep it alive until the call has returned (`withExtendedLifetime`).
final class Arena {
    /// What is given away in small pieces; larger ones get a block each.
    private let page = UnsafeMutableRawPointer.allocate(byteCount: pageSize, alignment: 16)
    private var used = 0
    private var blocks: [UnsafeMutableRawPointer] = []
    private static let pageSize = 4096

    deinit {
        reset()
        page.deallocate()
    }

    /// For the next call; what was given before is gone.
    func reset() {
        used = 0
        for block in blocks { block.deallocate() }
        blocks.removeAll(keepingCapacity: true)
    }

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { utf8 in
            guard let source = utf8.baseAddress, !utf8.isEmpty else { return amqp_bytes_t(len: 0, bytes: nil) }
            let block = allocate(utf8.count, alignment: 1)
            block.copyMemory(from: source, byteCount: utf8.count)
            return amqp_bytes_t(len: utf8.count, bytes: block)
        }
    }

    func table(_ values: [String: HeaderValue]) -> amqp_table_t {
        // In a fixed order, so that equal declarations are equal on the wire.
        table(values.sorted { $0.key < $1.key }.map { ($0.key, field($0.value)) })
    }

    func table(_ fields: [(String, amqp_field_value_t)]) -> amqp_table_t {
        guard !fields.isEmpty else { return amqp_table_t(num_entries: 0, entries: nil) }
        let size = MemoryLayout<amqp_table_entry_t>.stride * fields.count
        let entries = allocate(size, alignment: MemoryLayout<amqp_table_entry_t>.alignment)
            .bindMemory(to: amqp_table_entry_t.self, capacity: fields.count)
        for (index, (key, value)) in fields.enumerated() {
            (entries + index).initialize(to: amqp_table_entry_t(key: bytes(key), value: value))
        }
        return amqp_table_t(num_entries: Int32(fields.count), entries: entries)
    }

    func field(_ value: HeaderValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        switch value {
        case .string(let text):
            field.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
            field.value.bytes = bytes(text)
        case .int(let number):
            field.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
            field.value.i64 = number
        case .bool(let flag):
            field.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
            field.value.boolean = flag ? 1 : 0
        case .timestamp(let date):
            field.kind = UInt8(AMQP_FIELD_KIND_TIMESTAMP.rawValue)
            field.value.u64 = Self.seconds(date)
        }
        return field
    }

    func field(_ table: amqp_table_t) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        field.kind = UInt8(AMQP_FIELD_KIND_TABLE.rawValue)
        field.value.table = table
        return field
    }

    static func seconds(_ date: Date) -> UInt64 { UInt64(max(0, date.timeIntervalSince1970)) }

    private func allocate(_ size: Int, alignment: Int) -> UnsafeMutableRawPointer {
        let start = (used + alignment - 1) / alignment * alignment
        if start + size <= Self.pageSize {
            used = start + size
            return page + start
        }
        let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
        blocks.append(block)
        return block
    }
}
