import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Rows 113 to 124: bytes that two readers could take for different requests, against the whole product. HygieneTests of the edge has more
/// of them; here the services behind it must not have seen a thing.
@Suite struct SmugglingTests {
    /// `@` stands for the fields that any request needs, `#` for an address that nobody else asks for: what is smuggled.
    static let broken: [(row: Int, text: String)] =
        [
            "POST /v1/members HTTP/1.1\r\n@Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\nX: ",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\nGET # HTTP/1.1\r\n\r\n0\r\n\r\n",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding: chunked;x\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding:\u{0B}chunked\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@X: y\r\n\tTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length: 0\r\nContent-Length: 44\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length: 0, 0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length: 00000000000000000000000000000000\r\nContent-Length: 1\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length: 9223372036854775808\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length: 18446744073709551616\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length: 0x0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length: +0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length: \r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length: 0 0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content-Length : 0\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
            "POST /v1/members HTTP/1.1\r\n@Content_Length: 0\u{0}\r\n\r\nGET # HTTP/1.1\r\n@\r\n",
        ].map { (113, $0) }
        + [
            "GET /v1/me HTTP/1.1\r\n@X: a\rGET # HTTP/1.1\r\n\r\n", "GET /v1/me HTTP/1.1\r\n@X: a\u{0}b\r\n\r\n",
            "GET /v1/me HTTP/1.1\r\n@X : a\r\n\r\n", "GET /v1/me HTTP/1.1\r\n@X[]: a\r\n\r\n", "GET /v1/me HTTP/1.1\r\n@: a\r\n\r\n",
            "GET /v1/me HTTP/1.1\r\n@X\r\n\r\n", "GET /v1/me HTTP/1.1\r\n@ é: a\r\n\r\n", "GET /v1/me\r\n@\r\n",
            "GET /v1/me HTTP/1.1 x\r\n@\r\n", "GET /v1/me http/1.1\r\n@\r\n", "G\u{0}ET /v1/me HTTP/1.1\r\n@\r\n",
            " GET /v1/me HTTP/1.1\r\n@\r\n",
        ].map { (114, $0) }
        + [
            "fffffffffffffffff", "-1", "+1", "0x1", "1 ", " 1", "g", "", "1\n", "10000000000000000",
        ].map {
            (
                115,
                "POST /v1/members HTTP/1.1\r\n@Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\($0)\r\n{\r\n0\r\n\r\nGET # HTTP/1.1\r\n@\r\n"
            )
        }
        + [
            "GET http://evil.example/v1/me HTTP/1.1\r\n@\r\n", "GET //evil.example/v1/me HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "GET /v1/me HTTP/1.1\r\n\r\n", "GET /v1/me HTTP/1.1\r\nHost: \r\n\r\n", "GET /v1/me HTTP/1.1\r\nHost: a@b\r\n\r\n",
            "GET /v1/me HTTP/1.1\r\nHost: a b\r\n\r\n", "GET /v1/me HTTP/1.1\r\nHost: a/b\r\n\r\n",
            "GET /v1/me HTTP/1.1\r\nHost: x, y\r\n\r\n",
            "CONNECT 127.0.0.1:5432 HTTP/1.1\r\n@\r\n", "GET * HTTP/1.1\r\n@\r\n", "GET v1/me HTTP/1.1\r\n@\r\n",
        ].map { (121, $0) }
        + [
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /v1/me HTTP/2\r\n@\r\n", "GET /v1/me HTTP/0.9\r\n@\r\n",
            "GET /v1/me HTTP/1.10\r\n@\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n", "GET /v1/me HTTP/1.1\n@\n",
        ].map { (122, $0) }

    @Test func `Rows 113 to 115, 121, 122: an ambiguous request is refused, ends the connection and reaches nobody`() async throws {
        try await withWorld { world in
            let token = world.ours.gym.tokens.accessToken
            let cases = Self.broken.map { ($0.row, $0.text, UUID.v7().lowercaseText) }
            try await cases.atOnce { row, template, marker in
                let smuggled = "/v1/trainers/\(marker)"
                let text = template.replacing("@", with: "Host: x\r\nAuthorization: Bearer \(token)\r\n").replacing("#", with: smuggled)
                let what = "row \(row): \(template.prefix(160).debugDescription)"
                do {
                    let answer = try await Wire.exchange(
                        world.system.edgePort, text + "GET \(smuggled) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n")
                    #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(what): \(answer.prefix(300).debugDescription)")
                    #expect(answer.matches(of: #/HTTP\/1\.[01] \d{3} /#).count <= 1, "\(what): \(answer.debugDescription)")
                    #expect(!answer.lowercased().contains("\r\nserver:"), "\(what): \(answer.prefix(300))")
                } catch { Issue.record("\(what): \(error)") }
            }
            // Nobody was asked for what was smuggled.
            try await Logs.settle(world.system)
            let log = try Logs.data(world.system, "edge")
            for (row, template, marker) in cases {
                #expect(log.range(of: Data(marker.utf8)) == nil, "row \(row): \(template.prefix(160).debugDescription)")
            }
        }
    }

    /// So that the test above can fail.
    @Test func `A sound request with a body by chunks is answered, and the one behind it as well`() async throws {
        try await withWorld { world in
            let fields = "Host: x\r\nAuthorization: Bearer \(world.ours.gym.tokens.accessToken)\r\n"
            let marker = UUID.v7().lowercaseText
            let text = try await Wire.exchange(
                world.system.edgePort,
                "POST /v1/members HTTP/1.1\r\n\(fields)Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "12\r\n{\"full_name\":\"Chun\r\n4;a=b\r\nk\"}\n\r\n0\r\nAuthorization: Bearer x\r\nX-Person-Id: 1\r\n\r\n"
                    + "GET /v1/trainers/\(marker) HTTP/1.1\r\n\(fields)\r\n", answers: 2)
            #expect(text.hasPrefix("HTTP/1.1 201 ") && text.contains("HTTP/1.1 404 "), "\(text)")
            try await Logs.settle(world.system)
            #expect(try Logs.contain(world.system, "edge", marker))
        }
    }

    @Test func `Row 115: a chunk's extension of a megabyte and chunks without end are given up`() async throws {
        try await withWorld { world in
            let head =
                "POST /v1/members HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(world.ours.gym.tokens.accessToken)\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            for body in [
                "1;" + String(repeating: "x", count: 1 << 20) + "\r\n{\r\n0\r\n\r\n",
                String(repeating: "1;\(String(repeating: "x", count: 100))\r\n \r\n", count: 2000),
                String(repeating: "0", count: 100_000) + "\r\n\r\n", "0\r\n" + String(repeating: "X: y\r\n", count: 5000) + "\r\n",
            ] {
                let text = try await Wire.exchange(world.system.edgePort, head + body, answers: 1)
                #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"), "\(body.prefix(20)): \(text.prefix(200))")
            }
        }
    }

    @Test func `Row 116: too many, too long and far too many fields`() async throws {
        try await withWorld { world in
            for fields in [
                (0..<101).map { "A\($0): b\r\n" }.joined(), "A: \(String(repeating: "b", count: 17_000))\r\n",
                "A: \(String(repeating: "b", count: 81_000))\r\n", "\(String(repeating: "A", count: 20_000)): b\r\n",
                String(repeating: "A: b\r\n", count: 500_000), String(repeating: "Cookie: a=b\r\n", count: 2000),
            ] {
                let text = try await Wire.exchange(world.system.edgePort, "GET /v1/me HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
                #expect(
                    text.isEmpty || text.hasPrefix("HTTP/1.1 431 ") || text.hasPrefix("HTTP/1.1 400 "),
                    "\(fields.prefix(10)): \(text.prefix(200))")
            }
            try await world.ours.gym.raw.get("/v1/me").expect(200)
        }
    }

    @Test func `Row 123: a thousand requests at once are answered in their order`() async throws {
        try await withWorld { world in
            let ids = (0..<300).map { _ in UUID.v7().lowercaseText }
            let text = try await Wire.exchange(
                world.system.edgePort,
                (0..<1000).map { "GET /v1/nothing HTTP/1.1\r\nHost: x\r\nRequest-Id: \(ids[$0 % 300])\r\n\r\n" }.joined(), answers: 1000)
            #expect(text.matches(of: #/HTTP/1\.1 404 /#).count == 1000)
        }
    }

    @Test func `Row 126: what is expected and unknown is refused`() async throws {
        try await withWorld { world in
            try await Declared.withBody.atOnce { operation in
                let text = try await Wire.exchange(
                    world.system.edgePort,
                    "\(operation.method) \(operation.target(nil)) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(world.ours.gym.tokens.accessToken)\r\nExpect: 200-maybe\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
                )
                #expect(text.hasPrefix("HTTP/1.1 417 "), "\(operation.name): \(text.prefix(200))")
            }
        }
    }

    /// A chunk may say that it is larger than anything that is ever taken: it is waited for in vain, and nothing in it is a request.
    @Test(arguments: ["ffffffffffffffff", "7fffffffffffffff", "100001"]) func `Row 115: what claims to be endless holds no request`(
        _ size: String
    ) async throws {
        try await withWorld { world in
            let (marker, token) = (UUID.v7().lowercaseText, world.ours.gym.tokens.accessToken)
            let client = try await RawClient(world.system.edgePort)
            client.send(
                "POST /v1/members HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\n{\r\n0\r\n\r\n"
                    + "GET /v1/trainers/\(marker) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n")
            try await Logs.settle(world.system)
            #expect(client.answers <= 1 && !client.text.contains("HTTP/1.1 2"))
            client.close()
            #expect(try !Logs.contain(world.system, "edge", marker))
        }
    }
}
