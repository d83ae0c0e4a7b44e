import Foundation

/// The CBOR that authenticators write (RFC 8949 in CTAP2's canonical form): everything in its one spelling, and nothing else.
enum CBOR: Hashable, Sendable {
    case integer(Int64)
    case bytes(Data)
    case text(String)
    case array([CBOR])
    case map([CBOR: CBOR])
    case bool(Bool)
    case null

    subscript(_ key: CBOR) -> CBOR? {
        guard case .map(let members) = self else { return nil }
        return members[key]
    }

    var bytes: Data? { if case .bytes(let bytes) = self { bytes } else { nil } }
}

/// Reads one value after the other. Lengths are the shortest, keys are sorted and come once; there are no tags, no fractions and nothing of
/// unknown length.
struct CBORReader {
    struct Malformed: Error, Equatable {}

    /// As CTAP2 has it.
    private static let deepest = 4

    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ data: some Sequence<UInt8>) { bytes = Array(data) }

    var isAtEnd: Bool { position == bytes.count }

    /// The only value in `data`.
    static func value(_ data: Data) throws(Malformed) -> CBOR {
        var reader = CBORReader(data)
        let value = try reader.value()
        guard reader.isAtEnd else { throw Malformed() }
        return value
    }

    mutating func value() throws(Malformed) -> CBOR { try value(inside: 0) }

    private mutating func value(inside depth: Int) throws(Malformed) -> CBOR {
        let (kind, argument) = try head()
        switch kind {
        case 0: return .integer(try signed(argument))
        case 1: return .integer(-1 - (try signed(argument)))
        case 2: return .bytes(Data(try take(argument)))
        case 3:
            guard let text = String(validating: try take(argument), as: UTF8.self) else { throw Malformed() }
            return .text(text)
        case 4: return .array(try array(of: argument, inside: depth))
        case 5: return .map(try map(of: argument, inside: depth))
        case 7 where argument == 20: return .bool(false)
        case 7 where argument == 21: return .bool(true)
        case 7 where argument == 22: return .null
        default: throw Malformed()
        }
    }

    private mutating func array(of count: UInt64, inside depth: Int) throws(Malformed) -> [CBOR] {
        guard depth < Self.deepest, count <= UInt64(bytes.count - position) else { throw Malformed() }
        var elements: [CBOR] = []
        for _ in 0..<count { elements.append(try value(inside: depth + 1)) }
        return elements
    }

    private mutating func map(of count: UInt64, inside depth: Int) throws(Malformed) -> [CBOR: CBOR] {
        guard depth < Self.deepest, count <= UInt64(bytes.count - position) / 2 else { throw Malformed() }
        var (members, last): ([CBOR: CBOR], ArraySlice<UInt8>?) = ([:], nil)
        for _ in 0..<count {
            let start = position
            let key = try value(inside: depth + 1)
            let spelling = bytes[start..<position]
            if let last { guard Self.precedes(last, spelling) else { throw Malformed() } }
            last = spelling
            members[key] = try value(inside: depth + 1)
        }
        return members
    }

    /// By kind, then by length, then byte by byte.
    private static func precedes(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
        let (kinds, counts) = ((one.first ?? 0) >> 5, (other.first ?? 0) >> 5)
        if kinds != counts { return kinds < counts }
        return one.count == other.count ? one.lexicographicallyPrecedes(other) : one.count < other.count
    }

    private mutating func head() throws(Malformed) -> (kind: UInt8, argument: UInt64) {
        let first = try take(1).first ?? 0
        let (kind, short) = (first >> 5, first & 31)
        guard short >= 24 else { return (kind, UInt64(short)) }
        guard short <= 27 else { throw Malformed() }
        let size = 1 << (short - 24)
        let argument = try take(UInt64(size)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let least: UInt64 = size == 1 ? 24 : 1 << UInt64(size * 4)
        guard argument >= least else { throw Malformed() }
        return (kind, argument)
    }

    private func signed(_ argument: UInt64) throws(Malformed) -> Int64 {
        guard let number = Int64(exactly: argument) else { throw Malformed() }
        return number
    }

    mutating func take(_ count: UInt64) throws(Malformed) -> ArraySlice<UInt8> {
        guard count <= UInt64(bytes.count - position) else { throw Malformed() }
        let taken = bytes[position..<position + Int(count)]
        position += Int(count)
        return taken
    }
}
