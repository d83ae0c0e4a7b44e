// NIO's decoder makes strings of all fields and an event of each part, which costs as much as all else the edge does with an answer,
// whose bytes pass as they are. So the answers of our own services are read here. Requests, which anybody may send, are read by NIO.

import NIOCore

/// Reads the answers on one upstream connection, one at a time. Strict: what could be read in two ways is not an answer.
struct AnswerReader {
    /// The connection cannot be used any further.
    struct Malformed: Error {}

    enum Part {
        case head(AnswerHead)
        case body(ByteBuffer)
        case end
    }

    private enum State {
        case head
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case untilClose
        case ended
    }

    static let longestHead = 64 << 10
    private static let longestLine = 4 << 10
    private var state = State.ended
    private var rest = ByteBuffer()

    /// The next answer may come.
    mutating func begin() { state = .head }

    /// Takes bytes as they arrived.
    mutating func take(_ bytes: ByteBuffer) {
        if rest.readableBytes == 0 { rest = bytes } else { rest.writeImmutableBuffer(bytes) }
    }

    /// Whether nothing has arrived that was not asked for.
    var isClean: Bool { rest.readableBytes == 0 }
    /// Whether the end of the connection is the end of the answer.
    var endsWithConnection: Bool { if case .untilClose = state { true } else { false } }

    /// The next part that is there.
    mutating func next() throws(Malformed) -> Part? {
        switch state {
        case .head:
            while let head = try AnswerHead.read(&rest) {
                // 1xx is news of an answer that is still to come; nobody asked for another protocol.
                guard head.status >= 200 else {
                    guard head.status != 101 else { throw Malformed() }
                    continue
                }
                state =
                    switch head.framing {
                    case .none: .body(left: 0)
                    case .length(let length): .body(left: length)
                    case .chunked: .chunkSize
                    case .untilClose: .untilClose
                    }
                return .head(head)
            }
            guard rest.readableBytes <= Self.longestHead else { throw Malformed() }
            return letGo()
        case .body(let left):
            if left == 0 { return end() }
            return piece(of: left) { .body(left: $0) }
        case .chunk(let left):
            return piece(of: left) { $0 == 0 ? .chunkEnd : .chunk(left: $0) }
        case .untilClose:
            return piece(of: .max) { _ in .untilClose }
        case .chunkSize, .chunkEnd, .trailers:
            // Not by calling itself: of trailers there may be any number.
            while let line = try line() {
                switch try follow(line) {
                case .line: continue
                case .part: return try next()
                case .end: return end()
                }
            }
            return letGo()
        case .ended:
            return nil
        }
    }

    private mutating func piece(of left: Int, then next: (Int) -> State) -> Part? {
        guard let bytes = rest.readSlice(length: min(left, rest.readableBytes)), bytes.readableBytes > 0 else { return letGo() }
        state = next(left - bytes.readableBytes)
        return .body(bytes)
    }

    /// What comes after a line.
    private enum Following {
        case line, part, end
    }

    private mutating func follow(_ line: ByteBufferView) throws(Malformed) -> Following {
        switch state {
        case .chunkSize:
            let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            guard (1...15).contains(digits.count), digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw Malformed() }
            state = size == 0 ? .trailers : .chunk(left: size)
            return size == 0 ? .line : .part
        case .chunkEnd:
            guard line.isEmpty else { throw Malformed() }
            state = .chunkSize
            return .line
        // Trailers are not passed on.
        default: return line.isEmpty ? .end : .line
        }
    }

    private mutating func end() -> Part {
        state = .ended
        _ = letGo()
        return .end
    }

    /// A line without its end.
    private mutating func line() throws(Malformed) -> ByteBufferView? {
        let view = rest.readableBytesView
        guard let feed = view.firstIndex(of: UInt8(ascii: "\n")) else {
            guard view.count <= Self.longestLine else { throw Malformed() }
            return nil
        }
        guard feed > view.startIndex, feed - view.startIndex <= Self.longestLine, view[feed - 1] == UInt8(ascii: "\r") else {
            throw Malformed()
        }
        rest.moveReaderIndex(to: feed + 1)
        return view[..<(feed - 1)]
    }

    /// The socket's buffer can be used again once nobody holds it.
    private mutating func letGo() -> Part? {
        if rest.readableBytes == 0 { rest = ByteBuffer() }
        return nil
    }
}
