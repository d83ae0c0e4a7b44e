import ContractKit
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import EdgeServer

@Suite(.serialized) struct ForwardingTests {
    @Test func whatTheServiceSeesAndWhatTheClientSees() async throws {
        let service = try await TestService { call in
            call.answer(
                .created, #"{"a":1}"#,
                [("ETag", "\"7\""), ("Server", "secret/1.0"), ("Connection", "X-Inner"), ("X-Inner", "1"), ("Request-Id", "no")])
        }
        try await withEdge([service.address]) { edge in
            let reply = try await edge.call(
                .POST, "/v1/notice?x=%20y", body: #"{"text":"hello"}"#,
                [
                    ("X-Forwarded-For", "6.6.6.6"), ("Forwarded", "for=6.6.6.6"), ("X-Person-Id", "me"), ("Request-Id", "my-request_1"),
                    ("Connection", "X-Hop"), ("X-Hop", "1"), ("TE", "trailers"), ("Idempotency-Key", "k"), ("If-Match", "\"3\""),
                    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("Upgrade-Insecure-Requests", "1"),
                ])
            #expect(reply.status == 201)
            #expect(reply.body == #"{"a":1}"#)
            #expect(reply.headers.first(name: "etag") == "\"7\"")
            #expect(reply.headers["request-id"] == ["my-request_1"])
            for name in ["server", "x-inner"] { #expect(!reply.headers.contains(name: name)) }
            let head = try #require(service.seen.heads.first)
            #expect(head.uri == "/v1/notice?x=%20y")
            #expect(service.seen.body == #"{"text":"hello"}"#)
            #expect(head.headers["x-forwarded-for"] == ["127.0.0.1"])
            #expect(head.headers["request-id"] == ["my-request_1"])
            #expect(head.headers["idempotency-key"] == ["k"])
            #expect(head.headers["if-match"] == ["\"3\""])
            #expect(head.headers.first(name: "traceparent")?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true)
            #expect(head.headers.first(name: "traceparent")?.contains("b7ad6b7169203331") == false)
            #expect((1...30_000).contains(Int(head.headers.first(name: "request-timeout-ms") ?? "") ?? 0))
            for name in ["forwarded", "x-person-id", "x-hop", "te", "expect"] { #expect(!head.headers.contains(name: name), "\(name)") }
        }
        await service.stop()
    }

    @Test func forgedRequestNamesAreReplaced() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            for name in ["a b", "\"x\"", String(repeating: "a", count: 65), "é"] {
                let reply = try await edge.call(.GET, "/v1/notice", [("Request-Id", name)])
                #expect(reply.headers.first(name: "request-id") != name)
            }
        }
        await service.stop()
    }

    @Test func connectionsToServicesAreKept() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            for count in 1...20 {
                client.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await eventually { client.answers == count })
            }
            #expect(service.seen.connections == 1)
            client.close()
        }
        await service.stop()
    }

    @Test func headIsAnsweredWithoutABody() async throws {
        let service = try await TestService { $0.answer(.ok, "hello") }
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send("HEAD /v1/notice HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { client.text.hasSuffix("\r\n\r\nhello") && client.answers == 2 })
            #expect(client.text.lowercased().components(separatedBy: "content-length: 5").count == 3)
            #expect(client.text.components(separatedBy: "hello").count == 2)
            client.close()
        }
        await service.stop()
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let service = try await TestService { call in
            let body = call.head.uri
            // Later requests would be answered sooner.
            let delay = Int64(body.last?.wholeNumberValue ?? 0) % 3
            call.channel.eventLoop.scheduleTask(in: .milliseconds(3 - delay)) { call.answer(.ok, body + ";") }
        }
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send((0..<50).map { "GET /v1/notice?n=\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
            #expect(await eventually { client.answers == 50 && client.text.hasSuffix("=49;") })
            let order = client.text.split(separator: "/v1/notice?n=").dropFirst().compactMap { Int($0.prefix { $0 != ";" }) }
            #expect(order == Array(0..<50))
            client.close()
        }
        await service.stop()
    }

    @Test func aThousandPipelinedRefusalsAreAnsweredWithoutRecursion() async throws {
        try await withEdge([]) { edge in
            let client = try await edge.raw()
            client.send(String(repeating: "GET /x HTTP/1.1\r\nHost: x\r\n\r\n", count: 5000))
            #expect(await eventually { client.answers == 5000 || client.bytes > 1_900_000 })
            client.close()
        }
    }

    @Test func aLargeUploadStreamsAndIsNeverHeld() async throws {
        let total = 50 << 20
        let service = try await TestService { $0.answer(.noContent) }
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send("PUT /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: \(total)\r\n\r\n")
            let before = Self.residentBytes()
            let piece = ByteBuffer(repeating: 97, count: 1 << 20)
            for index in 0..<50 {
                try await client.send(piece).get()
                if index == 24 {
                    // Half is sent: it is at the service, not in the edge.
                    #expect(await eventually { service.seen.bodyBytes > 20 << 20 })
                }
            }
            #expect(await eventually { client.answers == 1 })
            #expect(service.seen.bodyBytes == total)
            #expect(Self.residentBytes() - before < 30 << 20)
            client.close()
        }
        await service.stop()
    }

    /// What a service refuses by the request's head alone, while its client is sending.
    @Test func aConnectionOutlivesAnAnswerThatComesBeforeTheBody() async throws {
        let service = try await TestService(
            onEnd: { if $0.head.method == .GET { $0.answer() } },
            onHead: { if $0.head.method != .GET { $0.answer(.forbidden, "no", [("Connection", "close")]) } })
        try await withEdge([service.address]) { edge in
            for size in [2, 1 << 20, 20 << 20] {
                let client = try await edge.raw()
                client.send("PUT /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
                #expect(await eventually { client.text.hasSuffix("\r\n\r\nno") })
                #expect(!client.text.contains("Connection: close"))
                try await client.send(ByteBuffer(repeating: 97, count: size)).get()
                client.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await eventually { client.answers == 2 }, "the next request after \(size) bytes")
                client.close()
            }
            // The same where the edge itself refuses, for want of a token here.
            let client = try await edge.raw()
            client.send("POST /v1/things HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n")
            #expect(await eventually { client.answers == 1 })
            #expect(client.text.hasPrefix("HTTP/1.1 401 ") && !client.text.contains("Connection: close"))
            try await client.send(ByteBuffer(repeating: 97, count: 500_000)).get()
            client.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { client.answers == 2 })
            client.close()
        }
        await service.stop()
    }

    /// Nobody knows how much more there is.
    @Test func anAnswerBeforeABodyByChunksSaysThatTheConnectionEnds() async throws {
        let service = try await TestService(onEnd: { _ in }, onHead: { $0.answer(.forbidden, "no") })
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send("PUT /v1/upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
            #expect(await eventually { client.text.hasSuffix("\r\n\r\nno") })
            #expect(client.text.contains("Connection: close\r\n"), "whoever keeps it would lose the next request")
            #expect(await eventually { client.isClosed })
        }
        await service.stop()
    }

    @Test func theRestOfABodyThatNobodyNeedsMayNotTrickleInForEver() async throws {
        let service = try await TestService(onEnd: { _ in }, onHead: { $0.answer(.forbidden, "no") })
        try await withEdge([service.address]) {
            $0.times.request = .milliseconds(300)
            $0.times.bodyStall = .milliseconds(200)
            $0.times.linger = .milliseconds(100)
        } body: { edge in
            let client = try await edge.raw()
            client.send("POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n")
            // A byte now and then, which is always in time for the next.
            #expect(
                await eventually {
                    client.send("a")
                    return client.isClosed
                })
        }
        await service.stop()
    }

    @Test func aSlowReaderHoldsTheServiceBack() async throws {
        let sent = Counter()
        let service = try await TestService { call in
            call.begin()
            let piece = ByteBuffer(repeating: 98, count: 1 << 16)
            @Sendable func next(_ left: Int) {
                guard left > 0 else { return call.end() }
                call.chunk(piece).whenSuccess {
                    sent.add(1 << 16)
                    next(left - 1)
                }
            }
            next(800)
        }
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw(reads: false)
            client.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { sent.value > 0 })
            var last = -1
            // Until nothing moves any more: what is held lies in socket buffers.
            #expect(
                await eventually {
                    defer { last = sent.value }
                    try? await Task.sleep(for: .milliseconds(200))
                    return sent.value == last
                })
            #expect(sent.value < 40 << 20)
            try await client.channel.setOption(.autoRead, value: true).get()
            client.channel.read()
            #expect(await eventually { client.bytes > 800 << 16 })
            client.close()
        }
        await service.stop()
    }

    @Test func aVanishedClientFreesTheService() async throws {
        let service = try await TestService(onEnd: { _ in })
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { service.seen.ended == 1 })
            client.close()
            #expect(await eventually { service.seen.lost == 1 })
            #expect(await eventually { await edge.server.clientCount() == 0 })
        }
        await service.stop()
    }

    @Test func continueIsSaidWhenTheServiceIsThere() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send("POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(await eventually { client.text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\n") })
            client.send("{}")
            #expect(await eventually { client.text.contains("HTTP/1.1 200 OK") })
            #expect(service.seen.body == "{}")
            client.close()
            let other = try await edge.raw()
            other.send("POST /v1/notice HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: magic\r\n\r\n{}")
            #expect(await eventually { other.text.hasPrefix("HTTP/1.1 417") })
            other.close()
        }
        await service.stop()
    }

    @Test func oldClientsGetAnAnswerThatEndsWithTheConnection() async throws {
        let service = try await TestService { call in
            call.begin()
            call.chunk(ByteBuffer(string: "abc")).whenComplete { _ in call.end() }
        }
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send("GET /v1/notice HTTP/1.0\r\n\r\n")
            #expect(await eventually { client.isClosed })
            #expect(client.text.hasSuffix("\r\n\r\nabc"))
        }
        await service.stop()
    }

    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}
