import ContractKit

/// The path and query of a request, refused unless edge and service are bound to read them alike.
struct RequestTarget {
    /// As it came; nothing is decoded here, so nothing is decoded twice.
    let path: Substring
    let segments: [Substring]

    static let longest = 8192

    init(_ uri: String) throws(Refusal) {
        guard uri.utf8.count <= Self.longest else { throw Refusal(.uriTooLong, closes: true) }
        // An absolute or authority form is for proxies; this is none.
        guard uri.utf8.first == UInt8(ascii: "/") else { throw Refusal(.badRequest, "the request target must begin with /", closes: true) }
        let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?"))
        path = uri[..<(mark ?? uri.endIndex)]
        if let mark, !Self.isClean(uri[uri.index(after: mark)...].utf8, inPath: false) {
            throw Refusal(.badRequest, "the query is not well-formed")
        }
        segments = Self.segments(of: path)
        for segment in segments {
            guard Self.isClean(segment.utf8, inPath: true), segment != ".", segment != ".." else {
                throw Refusal(.badRequest, "the path is not well-formed")
            }
        }
    }

    private static func segments(of path: Substring) -> [Substring] {
        var segments: [Substring] = []
        segments.reserveCapacity(8)
        let bytes = path.utf8
        var start = bytes.index(after: bytes.startIndex)
        while let slash = bytes[start...].firstIndex(of: UInt8(ascii: "/")) {
            segments.append(path[start..<slash])
            start = bytes.index(after: slash)
        }
        segments.append(path[start...])
        return segments
    }

    /// Whether all bytes may stand there, and what is percent-encoded is UTF-8 and, in a path, cannot change its structure.
    private static func isClean(_ text: Substring.UTF8View, inPath: Bool) -> Bool {
        // Most hold nothing encoded, and then nothing is to be decoded.
        guard text.contains(UInt8(ascii: "%")) else { return text.allSatisfy { mayStand($0, inPath) } }
        var bytes = text.makeIterator()
        var decoded: [UInt8] = []
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "%") else {
                guard mayStand(byte, inPath) else { return false }
                decoded.append(byte)
                continue
            }
            guard let high = bytes.next().flatMap(hex), let low = bytes.next().flatMap(hex) else { return false }
            let value = high << 4 | low
            guard value != 0, !inPath || !isStructural(value) else { return false }
            decoded.append(value)
        }
        return String(validating: decoded, as: UTF8.self) != nil
    }

    private static func mayStand(_ byte: UInt8, _ inPath: Bool) -> Bool {
        inPath ? isSegment(byte) : (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#")
    }

    private static func isStructural(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || "/\\.%;".utf8.contains(byte)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func isSegment(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~!$&'()*+,=:@".utf8.contains(byte)
        }
    }
}
