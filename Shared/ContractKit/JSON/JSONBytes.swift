public import Foundation

/// A type that writes its own JSON, several times as fast as by way of `Encodable`, for the lists that are read most.
///
/// It writes byte for byte what its `Encodable` way writes, in the order of its properties; a test compares the two for each such type.
public protocol JSONWritable: Encodable {
    func write(to json: inout JSONBytes)
}

/// A JSON text to which a ``JSONWritable`` type puts itself: ``object(_:)`` with the members in it.
public struct JSONBytes {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    public mutating func object(_ members: (inout JSONBytes) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    // `name` is the member's as it goes over the wire: `class_type_id`. Nil is written as null; leave out what is to be left out.

    public mutating func member(_ name: StaticString, _ value: String?) {
        begin(name)
        if let value { bytes.append(json: value) } else { null() }
    }

    public mutating func member(_ name: StaticString, _ value: UUID) {
        begin(name)
        bytes.append(json: value)
    }

    public mutating func member(_ name: StaticString, _ value: Int64?) {
        begin(name)
        if let value { bytes.append(json: value) } else { null() }
    }

    public mutating func member(_ name: StaticString, _ value: Date?) {
        begin(name)
        if let value { bytes.append(json: value) } else { null() }
    }

    public mutating func member(_ name: StaticString, _ value: some JSONWritable) {
        begin(name)
        value.write(to: &self)
    }

    public mutating func member(_ name: StaticString, _ values: [some JSONWritable]) {
        begin(name)
        bytes.append(UInt8(ascii: "["))
        let start = bytes.count
        for value in values {
            let isFirst = bytes.count == start
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            value.write(to: &self)
            // The others are about as long as the first.
            if isFirst { bytes.reserveCapacity(start + (bytes.count - start + 16) * values.count) }
        }
        bytes.append(UInt8(ascii: "]"))
    }

    // Inlined, because to find out what a type is takes longer than to write a value of it.

    @inlinable public mutating func member(_ name: StaticString, _ value: some RawRepresentable<UUID>) { member(name, value.rawValue) }
    @inlinable public mutating func member(_ name: StaticString, _ value: (some RawRepresentable<String>)?) {
        member(name, value?.rawValue)
    }
    @inlinable public mutating func member(_ name: StaticString, _ value: (some RawRepresentable<Int>)?) { member(name, value?.rawValue) }
    @inlinable public mutating func member(_ name: StaticString, _ value: Int?) { member(name, value.map(Int64.init)) }

    private mutating func null() { bytes.append(contentsOf: "null".utf8) }

    private mutating func begin(_ name: StaticString) {
        // Only an object that was just begun ends so: a text ends in its quote.
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }
}
