import ContractKit
import Foundation
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1
import TestSupport
import Testing

@testable import EdgeServer

@Suite(.serialized) struct AccessLogTests {
    private func writer(_ written: NIOLockedValueBox<Data>, level: Logger.Level = .info) -> AccessLogWriter {
        var logger = Logger(label: "edge-tests")
        logger.logLevel = level
        return AccessLogWriter(logger) { bytes in written.withLockedValue { $0 += bytes } }
    }

    private func lines(_ lines: NIOLockedValueBox<Data>) throws -> [JSONValue] {
        try lines.withLockedValue { $0 }.split(separator: UInt8(ascii: "\n")).map { try JSON.decode(JSONValue.self, from: Data($0)) }
    }

    @Test func everyRequestHasItsLine() async throws {
        let written = NIOLockedValueBox(Data())
        let service = try await TestService { $0.answer(.ok, "hello") }
        try await withEdge([service.address], accessLog: writer(written)) { edge in
            let person = PersonID()
            let path = "/v1/things/\(OrganizationID())"
            let token = try edge.signer.token(person: person)
            #expect(try await edge.call(.GET, path + "?q=secret", token: token, [("Request-Id", "mine-1")]).status == 200)
            // It is there without anybody asking, soon.
            #expect(await eventually { (try? lines(written).count) == 1 })
            let line = try #require(try lines(written).first)
            let expected: [String: JSONValue] = [
                "level": "info", "message": "request", "logger": "edge-tests", "method": "GET", "path": .string(path), "status": "200",
                "answer_bytes": "5", "request_bytes": "0", "address": "127.0.0.1", "request_id": "mine-1", "operation": "GetThing",
                "service": "toy", "person_id": .string("\(person)"),
            ]
            for (name, value) in expected { #expect(line[name] == value, "\(name)") }
            func text(_ name: String) -> String { if case .string(let text)? = line[name] { text } else { "" } }
            let moment = try #require(Moment.date(text("time")))
            #expect(abs(moment.timeIntervalSinceNow) < 10)
            #expect((Double(text("ms")) ?? -1) >= 0)
            #expect(text("trace_id").utf8.count == 32)

            // Bytes that would end a string are written so that they do not.
            let raw = try await edge.raw()
            raw.send("GET /a\"b\\c HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { raw.answers == 1 })
            raw.close()
            #expect(await eventually { (try? lines(written).last?["path"]) == .string("/a\"b\\c") })
            for _ in 0..<50 { _ = try await edge.call(.GET, "/v1/notice") }
        }
        // Nothing is left behind at the end.
        #expect(try lines(written).count == 52)
        await service.stop()
    }

    @Test func whoeverWantsNoLinesPaysForNone() async throws {
        let written = NIOLockedValueBox(Data())
        let service = try await TestService()
        try await withEdge([service.address], accessLog: writer(written, level: .warning)) { edge in
            let reply = try await edge.call(.GET, "/v1/notice")
            #expect(reply.status == 200)
        }
        let isEmpty = written.withLockedValue { $0.isEmpty }
        #expect(isEmpty)
        await service.stop()
    }

    @Test func namesDiffer() {
        var (one, other) = (FastRandom(), FastRandom())
        let names = (0..<10_000).flatMap { _ in [RequestID.text(nil, &one), RequestID.text(nil, &other)] }
        #expect(Set(names).count == names.count)
        let odd = names.filter { $0.utf8.count != 32 || !$0.utf8.allSatisfy(Hex.isDigit) }
        #expect(odd.isEmpty)
    }
}
