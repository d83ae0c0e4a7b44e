import ContractKit
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import EdgeServer

@Suite(.serialized) struct FailureTests {
    @Test func anAbsentServiceIsSaidAtOnce() async throws {
        try await withEdge(["127.0.0.1:1"]) { edge in
            let start = ContinuousClock.now
            // Each in much less than a request's thirty seconds.
            for _ in 0..<5 {
                let reply = try await edge.call(.GET, "/v1/notice")
                #expect(reply.status == 503)
                #expect(try reply.problem().isA(.unavailable))
                #expect(reply.headers.first(name: "retry-after") == "1")
            }
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }

    @Test func requestsSpreadOverReplicasAndFailOver() async throws {
        let one = try await TestService()
        let two = try await TestService()
        try await withEdge([one.address, two.address]) { edge in
            let reads = try await edge.statuses(40, .GET)
            #expect(Set(reads) == [200])
            #expect(one.seen.ended > 10)
            #expect(two.seen.ended > 10)
            await one.stop()
            let later = try await edge.statuses(40, .GET) + edge.statuses(10, .POST)
            #expect(Set(later) == [200])
            #expect(two.seen.ended > 60)
        }
        await two.stop()
    }

    @Test func aReplicaComesBack() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) {
            $0.times.firstOut = .milliseconds(300)
        } body: { edge in
            #expect(try await edge.call(.GET, "/v1/notice").status == 200)
            await service.stop()
            #expect(try await edge.call(.GET, "/v1/notice").status == 503)
            let again = try await TestService(port: service.port)
            #expect(await eventually { (try? await edge.call(.GET, "/v1/notice").status) == 200 })
            await again.stop()
        }
    }

    @Test func aServiceThatHangsIsGivenUp() async throws {
        let service = try await TestService(onEnd: { _ in })
        try await withEdge([service.address]) {
            $0.times.request = .milliseconds(400)
        } body: { edge in
            let read = try await edge.call(.GET, "/v1/notice")
            #expect(read.status == 503)
            #expect(try read.problem().isA(.unavailable))
            let write = try await edge.call(.POST, "/v1/notice", body: "{}")
            #expect(try write.problem().isA(.outcomeUnknown))
            #expect(await eventually { service.seen.lost == service.seen.connections })
        }
        await service.stop()
    }

    @Test func aStaleConnectionIsNoticedAndReplaced() async throws {
        let service = try await TestService()
        try await withEdge([service.address]) { edge in
            for _ in 0..<20 {
                let before = try await edge.call(.GET, "/v1/notice")
                service.dropConnections()
                // At once, so that now and then the request meets the closing connection.
                let after = try await edge.call(.GET, "/v1/notice")
                #expect(before.status == 200 && after.status == 200)
            }
        }
        await service.stop()
    }

    @Test func aLostRequestIsRepeatedOnlyWhenThatIsHarmless() async throws {
        let calls = Counter()
        let service = try await TestService { call in
            if calls.add() % 2 == 1 { call.cut() } else { call.answer() }
        }
        try await withEdge([service.address]) { edge in
            #expect(try await edge.call(.GET, "/v1/notice").status == 200)
            #expect(calls.value == 2)
            let keyed = try await edge.call(.POST, "/v1/notice", body: #"{"text":"a"}"#, [("Idempotency-Key", "k1")])
            #expect(keyed.status == 200)
            #expect(calls.value == 4)
            let unkeyed = try await edge.call(.POST, "/v1/notice", body: #"{"text":"a"}"#)
            #expect(unkeyed.status == 503)
            #expect(try unkeyed.problem().isA(.outcomeUnknown))
            #expect(calls.value == 5)
        }
        await service.stop()
    }

    @Test func anAnswerThatBreaksOffBreaksTheConnection() async throws {
        let service = try await TestService { call in
            call.begin()
            call.chunk(ByteBuffer(string: "half")).whenComplete { _ in call.cut() }
        }
        try await withEdge([service.address]) { edge in
            let client = try await edge.raw()
            client.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { client.isClosed })
            #expect(client.text.hasPrefix("HTTP/1.1 200"))
            #expect(!client.text.hasSuffix("0\r\n\r\n"))
        }
        await service.stop()
    }

    @Test func readinessOfTheWhole() async throws {
        let ready = try await TestService()
        let notReady = try await TestService { $0.answer(.serviceUnavailable) }
        try await withEdge([ready.address]) { edge in
            let reply = try await edge.call(.GET, "/readyz")
            #expect(reply.status == 200)
            #expect(try JSON.decode(JSONValue.self, from: Data(reply.body.utf8))["status"] == "ready")
            #expect(ready.seen.heads.first?.uri == "/readyz")
        }
        try await withEdge([ready.address, notReady.address]) { edge in
            let reply = try await edge.call(.GET, "/readyz")
            #expect(reply.status == 200)
            #expect(try JSON.decode(JSONValue.self, from: Data(reply.body.utf8))["status"] == "degraded")
        }
        try await withEdge([notReady.address, "127.0.0.1:1"]) { edge in
            let reply = try await edge.call(.GET, "/readyz")
            #expect(reply.status == 503)
            let toy = try JSON.decode(JSONValue.self, from: Data(reply.body.utf8))["services"]?["toy"]
            #expect(toy?["status"] == "unavailable")
            #expect(try await edge.call(.GET, "/livez").status == 200)
        }
        await ready.stop()
        await notReady.stop()
    }

    @Test func requestsUnderWayFinishAtShutdown() async throws {
        let held = Held()
        let service = try await TestService { held.hold($0) }
        try await withEdge([service.address]) { edge in
            let idle = try await edge.raw()
            let busy = try await edge.raw()
            busy.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { held.call != nil })
            async let stopped: Void = edge.server.stop()
            #expect(await eventually { idle.isClosed })
            #expect(!busy.isClosed)
            held.call?.answer(.ok, "done")
            #expect(await eventually { busy.isClosed })
            #expect(busy.text.hasSuffix("done"))
            #expect(busy.text.lowercased().contains("connection: close"))
            await stopped
            await #expect(throws: (any Error).self) { try await edge.raw() }
        }
        await service.stop()
    }
    /// A release: balancers and kept connections learn of it before the door closes, and nobody who comes meanwhile is turned away.
    @Test func anEdgeThatLeavesServesOnUntilNobodyComes() async throws {
        let service = try await TestService()
        try await withEdge(
            [service.address], { $0.times.leave = .seconds(2) }
        ) { edge in
            let kept = try await edge.raw()
            kept.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { kept.answers == 1 })
            async let stopped: Void = edge.server.stop()
            #expect(await eventually { (try? await edge.call(.GET, "/readyz").status) == 503 })
            #expect(!kept.isClosed)
            kept.send("GET /v1/notice HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { kept.isClosed })
            #expect(kept.answers == 2 && kept.text.lowercased().contains("connection: close"))
            let new = try await edge.call(.GET, "/v1/notice")
            #expect(new.status == 200 && new.headers.first(name: "Connection") == "close")
            await stopped
            await #expect(throws: (any Error).self) { try await edge.raw() }
        }
        await service.stop()
    }
}
