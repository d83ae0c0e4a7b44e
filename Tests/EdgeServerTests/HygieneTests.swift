import ContractKit
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import EdgeServer

@Suite(.serialized) struct HygieneTests {
    /// Heads that two readers could take for different requests, or that no reader should take at all.
    static let broken: [String] = [
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 2,2\r\n\r\n{}",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 0x2\r\n\r\n{}",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/notice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/notice HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /v1/notice HTTP/1.1\r\n\r\n",
        "GET /v1/notice HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /v1/notice HTTP/1.1\r\nHost: a@b\r\n\r\n",
        "GET /v1/notice HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
        "GET /v1/notice HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n",
        "GET /v1/notice HTTP/1.1\r\nHost: x\r\n folded: c\r\n\r\n",
        "GET http://other/v1/notice HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /v1/notice HTTP/2.0\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /v1/notice HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
        "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}",
    ]

    @Test("Rows 113, 114, 121, 122: ambiguous requests are refused and end the connection", arguments: broken.indices)
    func ambiguousRequestsAreRefusedAndEndTheConnection(_ index: Int) async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send(Self.broken[index] + "GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { client.isClosed })
            #expect(client.text.hasPrefix("HTTP/1.1 400 "), "\(client.text)")
            #expect(client.answers == 1)
            #expect(client.text.contains("application/problem+json"))
            #expect(service.seen.ended == 0)
        }
        await service.stop()
    }

    @Test("Rows 116, 117: too many or too large fields") func tooManyOrTooLargeFields() async throws {
        try await withEdge([]) { edge in
            for fields in [
                (0..<101).map { "A\($0): b\r\n" }.joined(), "A: " + String(repeating: "b", count: 17_000) + "\r\n",
                String(repeating: "A: b\r\n", count: 100_000),
            ] {
                let client = try await edge.raw()
                client.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
                #expect(await eventually { client.text.hasPrefix("HTTP/1.1 431 ") })
                #expect(await eventually { client.isClosed })
            }
            let long = try await edge.raw()
            long.send("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { long.text.hasPrefix("HTTP/1.1 414 ") })
            long.close()
        }
    }

    @Test("Row 95: bodies over the operation's limit") func bodiesOverTheOperationsLimit() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let declared = try await edge.raw()
            declared.send("POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
            #expect(await eventually { declared.text.hasPrefix("HTTP/1.1 413 ") && declared.isClosed })
            #expect(service.seen.heads.isEmpty)

            let chunked = try await edge.raw()
            chunked.send("POST /v1/notice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<3 { chunked.send("190\r\n\(String(repeating: "a", count: 400))\r\n") }
            #expect(await eventually { chunked.text.hasPrefix("HTTP/1.1 413 ") && chunked.isClosed })
            #expect(service.seen.ended == 0)

            // A refused body that is short is read and dropped, and the connection goes on.
            let short = try await edge.raw()
            short.send("POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 1200\r\n\r\n")
            #expect(await eventually { short.text.hasPrefix("HTTP/1.1 413 ") })
            short.send(String(repeating: "a", count: 1200) + "GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { short.answers == 2 && short.text.contains("HTTP/1.1 200") })
            short.close()
        }
        await service.stop()
    }

    @Test("Row 115: broken chunks end the request") func brokenChunksEndTheRequest() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send("POST /v1/notice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n")
            #expect(await eventually { client.text.hasPrefix("HTTP/1.1 400 ") && client.isClosed })
            #expect(service.seen.ended == 0)
        }
        await service.stop()
    }

    @Test("Row 124: slow clients are let go") func slowClientsAreLetGo() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) {
            $0.times.head = .milliseconds(300)
            $0.times.bodyStall = .milliseconds(300)
            $0.times.idle = .milliseconds(600)
        } body: { edge in
            let head = try await edge.raw()
            head.send("GET /v1/notice HTTP/1.1\r\nHo")
            #expect(await eventually { head.text.hasPrefix("HTTP/1.1 408 ") && head.isClosed })
            let body = try await edge.raw()
            body.send("POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
            #expect(await eventually { body.text.hasPrefix("HTTP/1.1 408 ") && body.isClosed })
            let silent = try await edge.raw()
            #expect(await eventually { silent.isClosed })
            #expect(silent.text.isEmpty)
            #expect(await eventually { await edge.server.clientCount() == 0 })
            #expect(await eventually { service.seen.lost == service.seen.connections })
        }
        await service.stop()
    }

    @Test("Row 122: a request for another protocol is answered and ends") func aRequestForAnotherProtocolIsAnsweredAndEnds() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send(
                "GET /v1/notice HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n")
            #expect(await eventually { client.isClosed })
            #expect(client.text.hasPrefix("HTTP/1.1 200 "))
            #expect(service.seen.heads.first?.headers.contains(name: "upgrade") == false)
        }
        await service.stop()
    }
}
