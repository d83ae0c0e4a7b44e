import NIOCore
import Testing

@testable import EdgeServer

@Suite struct AnswerReaderTests {
    /// What an answer came to, read in pieces of so many bytes.
    private struct Seen: Equatable {
        var status = 0
        var fields = ""
        var body = ""
        var isEnded = false
        var isKept = false
        var isClean = true
    }

    private func read(_ text: String, pieces: Int = .max) throws -> Seen {
        var reader = AnswerReader()
        reader.begin()
        var seen = Seen()
        var bytes = ByteBuffer(string: text)
        while let piece = bytes.readSlice(length: min(pieces, bytes.readableBytes)), piece.readableBytes > 0 {
            reader.take(piece)
            while let part = try reader.next() {
                switch part {
                case .head(let head):
                    var fields: [UInt8] = []
                    _ = head.write(to: &fields)
                    (seen.status, seen.fields, seen.isKept) = (head.status, String(decoding: fields, as: UTF8.self), head.isKept)
                case .body(let bytes): seen.body += String(buffer: bytes)
                case .end: seen.isEnded = true
                }
            }
        }
        seen.isClean = reader.isClean
        return seen
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func anAnswerIsTheSameHoweverItArrives(_ pieces: Int) throws {
        let plain = try read("HTTP/1.1 201 Created\r\nETag: \"7\"\r\nContent-Length: 5\r\nX: y\r\n\r\nhello", pieces: pieces)
        #expect(plain == Seen(status: 201, fields: "ETag: \"7\"\r\nX: y\r\n", body: "hello", isEnded: true, isKept: true))
        let chunked = try read(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ntransfer-encoding:  Chunked \r\n\r\n5;a=b\r\nhello\r\nA\r\n, you all.\r\n0\r\nT: u\r\n\r\n",
            pieces: pieces)
        #expect(chunked == Seen(status: 200, body: "hello, you all.", isEnded: true, isKept: true))
        let none = try read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: x\r\n\r\n", pieces: pieces)
        #expect(none == Seen(status: 304, fields: "ETag: x\r\n", isEnded: true, isKept: true))
    }

    @Test func fieldsOfTheConnectionAndOfTheEdgeStay() throws {
        let seen = try read(
            "HTTP/1.1 200 OK\r\nServer: s\r\nA: 1\r\nConnection: Keep-Alive, x-inner\r\nX-INNER: 2\r\nKeep-Alive: 5\r\nB:2\r\nRequest-Id: r\r\n"
                + "Content-Length: 0\r\n\r\n")
        #expect(seen.fields == "A: 1\r\nB:2\r\n")
        #expect(seen.isKept && seen.isEnded)
    }

    @Test func whatBecomesOfTheConnection() throws {
        #expect(try read("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").isKept == false)
        #expect(try read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").isKept == false)
        #expect(try read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").isKept)
        let open = try read("HTTP/1.1 200 OK\r\n\r\nall of it")
        #expect(open == Seen(status: 200, body: "all of it", isEnded: false, isKept: false))
    }

    @Test func whatFollowsAnAnswerIsNoticed() throws {
        #expect(try read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello").isClean == false)
        #expect(try read("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").isClean == false)
    }

    @Test(arguments: [
        "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n", "nonsense\r\n\r\n",
        "\r\n\r\n",
        "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA b: c\r\n\r\n", "HTTP/1.1 200 OK\r\nA : c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: c\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1234567890123456789\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n",
    ])
    func whatCanBeReadInTwoWaysIsNoAnswer(_ text: String) {
        for pieces in [1, 1000] {
            #expect(throws: AnswerReader.Malformed.self) { try read(text, pieces: pieces) }
        }
    }

    @Test func nothingGrowsWithoutEnd() {
        #expect(throws: AnswerReader.Malformed.self) {
            try read("HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 20_000), pieces: 4096)
        }
        #expect(throws: AnswerReader.Malformed.self) {
            try read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "a", count: 10_000), pieces: 1000)
        }
    }
}
