import Foundation
import NIOCore

/// The head of a service's answer: its field lines as they came, and what they say to the edge.
struct AnswerHead {
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    private struct Line {
        /// With its end.
        var range: Range<Int>
        var name: Range<Int>
        var traits: FieldTraits
    }

    private(set) var status = 0
    private(set) var framing = Framing.untilClose
    /// Whether the connection goes on after this answer.
    private(set) var isKept = true
    private var closes = false
    private var bytes = ByteBuffer()
    private var lines: [Line] = []
    private var seen: FieldTraits = []
    /// Fields that `Connection` names, in lower case.
    private var named: [String] = []

    /// Appends the lines that pass to a client, and returns what was among them.
    func write(to buffer: inout [UInt8]) -> FieldTraits {
        var given: FieldTraits = []
        // Lines that pass one after the other are written at once.
        var run = 0..<0
        func pass() {
            if !run.isEmpty { bytes.withUnsafeReadableBytes { buffer.append(contentsOf: $0[run]) } }
        }
        for line in lines where line.traits.isDisjoint(with: [.hop, .ownToClients]) {
            if !named.isEmpty, named.contains(name(of: line)) { continue }
            given.formUnion(line.traits)
            if run.upperBound != line.range.lowerBound {
                pass()
                run = line.range
            } else {
                run = run.lowerBound..<line.range.upperBound
            }
        }
        pass()
        return given
    }

    private func name(of line: Line) -> String {
        (bytes.getString(at: line.name.lowerBound, length: line.name.count) ?? "").lowercased()
    }

    /// Takes a head off the bytes; nil when its end has not come yet.
    static func read(_ bytes: inout ByteBuffer) throws(AnswerReader.Malformed) -> AnswerHead? {
        var head = AnswerHead()
        let length = try bytes.withUnsafeReadableBytes { raw throws(AnswerReader.Malformed) in try head.parse(raw) }
        guard let length, let slice = bytes.readSlice(length: length) else { return nil }
        head.bytes = slice
        return head
    }

    /// Returns the head's length, if it is all there.
    private mutating func parse(_ raw: UnsafeRawBufferPointer) throws(AnswerReader.Malformed) -> Int? {
        lines.reserveCapacity(12)
        var start = 0
        while let feed = Self.find("\n", in: raw, start..<raw.count) {
            // Nothing but its end may end a line.
            guard feed > start, Self.find("\r", in: raw, start..<feed) == feed - 1 else { throw AnswerReader.Malformed() }
            let line = start..<(feed - 1)
            if start == 0 {
                try parseStatus(UnsafeRawBufferPointer(rebasing: raw[line]))
            } else if line.isEmpty {
                guard Self.find("\0", in: raw, 0..<feed) == nil else { throw AnswerReader.Malformed() }
                finish()
                return feed + 1
            } else {
                try parseField(raw, line)
            }
            start = feed + 1
        }
        return nil
    }

    private mutating func parseStatus(_ line: UnsafeRawBufferPointer) throws(AnswerReader.Malformed) {
        func digit(_ index: Int) -> Int { Int(line[index]) - 0x30 }
        guard line.count >= 12, line.starts(with: "HTTP/1.".utf8), (0...1).contains(digit(7)), line[8] == UInt8(ascii: " "),
            (1...9).contains(digit(9)), (0...9).contains(digit(10)), (0...9).contains(digit(11)),
            line.count == 12 || line[12] == UInt8(ascii: " ")
        else { throw AnswerReader.Malformed() }
        isKept = digit(7) == 1
        status = digit(9) * 100 + digit(10) * 10 + digit(11)
    }

    private mutating func parseField(_ raw: UnsafeRawBufferPointer, _ line: Range<Int>) throws(AnswerReader.Malformed) {
        guard let colon = Self.find(":", in: raw, line), colon > line.lowerBound,
            // Neither a folded line nor a space before the colon.
            raw[line.lowerBound..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw AnswerReader.Malformed() }
        let name = line.lowerBound..<colon
        let traits = FieldTraits(of: UnsafeRawBufferPointer(rebasing: raw[name]))
        lines.append(Line(range: line.lowerBound..<(line.upperBound + 2), name: name, traits: traits))
        if !traits.isDisjoint(with: [.contentLength, .transferEncoding, .connection]) {
            try parseValue(Self.trimmed(raw[(colon + 1)..<line.upperBound]), traits)
        }
        seen.formUnion(traits)
    }

    /// Of a field that says how the body is delimited or what becomes of the connection.
    private mutating func parseValue(_ value: Slice<UnsafeRawBufferPointer>, _ traits: FieldTraits) throws(AnswerReader.Malformed) {
        if traits.contains(.connection) {
            for option in value.split(separator: UInt8(ascii: ",")) {
                let option = Self.trimmed(option)
                if Self.isSame(option, "close") {
                    closes = true
                } else if Self.isSame(option, "keep-alive") {
                    isKept = true
                } else {
                    named.append(String(decoding: option, as: UTF8.self).lowercased())
                }
            }
            return
        }
        guard seen.isDisjoint(with: [.contentLength, .transferEncoding]) else { throw AnswerReader.Malformed() }
        if traits.contains(.transferEncoding) {
            guard Self.isSame(value, "chunked") else { throw AnswerReader.Malformed() }
            framing = .chunked
        } else {
            guard (1...18).contains(value.count), value.allSatisfy({ (0x30...0x39).contains($0) }) else { throw AnswerReader.Malformed() }
            framing = .length(value.reduce(0) { $0 * 10 + Int($1 - 0x30) })
        }
    }

    private mutating func finish() {
        if status < 200 || status == 204 || status == 304 { framing = .none }
        if closes || framing == .untilClose { isKept = false }
    }

    private static func isSame(_ value: Slice<UnsafeRawBufferPointer>, _ word: StaticString) -> Bool {
        value.count == word.utf8CodeUnitCount
            && value.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: value.count)) { FieldTraits.lower($0) == $1 }
    }

    private static func find(_ byte: Unicode.Scalar, in raw: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard let base = raw.baseAddress, let found = memchr(base + range.lowerBound, Int32(byte.value), range.count) else { return nil }
        return base.distance(to: found)
    }

    private static func trimmed(_ value: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let head = value.drop(while: isBlank)
        return head[..<(head.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? head.startIndex)]
    }
}
