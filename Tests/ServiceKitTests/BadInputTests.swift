import ContractKit
import Foundation
import TestSupport
import Testing

@Suite struct BadInputTests {
    @Test func `Every bad body is answered by its class and field`() async throws {
        let cases: [(body: String, status: Int, pointer: String?)] = [
            ("", 400, nil), ("{", 400, nil), ("{\"name\":\"a\",}", 400, nil), ("nonsense", 400, nil), ("{\"name\":\"\u{1}\"}", 400, nil),
            ("[]", 422, "#"), ("null", 422, "#"), ("3", 422, "#"),
            (#"{"weight":3}"#, 422, "#/name"), (#"{"name":7,"weight":3}"#, 422, "#/name"), (#"{"name":null,"weight":3}"#, 422, "#/name"),
            (#"{"name":"a","weight":"3"}"#, 422, "#/weight"), (#"{"name":"a","weight":11}"#, 422, "#/weight"),
            (#"{"name":"a","weight":-1}"#, 422, "#/weight"), (#"{"name":"a","weight":1.5}"#, 422, "#/weight"),
            (#"{"name":"a","weight":1e99}"#, 422, "#/weight"), (#"{"name":"a","weight":9223372036854775808}"#, 422, "#/weight"),
            (#"{"name":"a","weight":3,"color":"green"}"#, 422, "#/color"), (#"{"name":"a","weight":3,"color":1}"#, 422, "#/color"),
            (#"{"name":"a","weight":3,"owner":"nobody"}"#, 422, "#/owner"), (#"{"name":"a","weight":3,"owner":{}}"#, 422, "#/owner"),
            (#"{"name":"a","weight":3,"made_at":"yesterday"}"#, 422, "#/made_at"),
            (#"{"name":"a","weight":3,"made_at":"9999-01-01T00:00:00Z"}"#, 422, "#/made_at"),
            (#"{"name":"a","weight":3,"price":{"amount":1,"currency":"cad"}}"#, 422, "#/price/currency"),
            (#"{"name":"a","weight":3,"price":{"amount":99999999999999,"currency":"CAD"}}"#, 422, "#/price/amount"),
            (#"{"name":"\#(String(repeating: "a", count: 201))","weight":3}"#, 422, "#/name"),
            (#"{"name":"   ","weight":3}"#, 422, "#/name"),
            (#"{"name":"a\u0000b","weight":3}"#, 422, "#/name"), (#"{"name":"a\ud800","weight":3}"#, 422, "#/name"),
            (#"{"name":"\udc00a","weight":3}"#, 422, "#/name"),
        ]
        try await ToyShop.open { (shop) async throws in
            for (body, status, pointer) in cases {
                let answer = try await shop.service.request("POST", "/v1/toys", token: shop.owner, json: body)
                #expect(answer.status == status, "\(body): \(answer.text)")
                #expect(answer.headers["content-type"] == "application/problem+json")
                let problem = try answer.problem
                #expect(problem.isA(status == 400 ? .malformedJSON : .validation), "\(body)")
                #expect(problem.errors?.first?.pointer == pointer, "\(body)")
            }
            #expect(try await shop.count() == "0")
        }
    }

    @Test func `Bytes that are no UTF-8 are malformed`() async throws {
        try await ToyShop.open { (shop) async throws in
            let answer = try await shop.service.request(
                "POST", "/v1/toys", token: shop.owner, headers: ["Content-Type": "application/json"],
                body: Data([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]))
            #expect(answer.status == 400)
        }
    }

    @Test func `Deep nesting is refused, not followed`() async throws {
        try await ToyShop.open { (shop) async throws in
            let deep = String(repeating: "[", count: 1900) + String(repeating: "]", count: 1900)
            let answer = try await shop.service.request("POST", "/v1/toys", token: shop.owner, json: deep)
            #expect(answer.status == 400 || answer.status == 422)
        }
    }

    @Test(arguments: [
        "nobody", "0", "%00", "..%2F..", "0192f0c1-0000-7000-8000-00000000000", "0192f0c1-0000-7000-8000-00000000000g", "%ff",
    ])
    func `An id in the path that cannot be is not found`(id: String) async throws {
        try await ToyShop.open { (shop) async throws in
            let answer = try await shop.service.request("GET", "/v1/toys/\(id)", token: shop.owner)
            #expect(answer.status == 404)
            #expect(try answer.problem.isA(.notFound))
        }
    }

    @Test func `Another organization's id is not found`() async throws {
        try await ToyShop.open { (shop) async throws in
            let toy = try await shop.make("Ball")
            let stranger = try await shop.service.token(organization: OrganizationID())
            #expect(try await shop.service.request("GET", "/v1/toys/\(toy.id)", token: stranger).status == 404)
            #expect(try await shop.service.request("DELETE", "/v1/toys/\(toy.id)", token: stranger).status == 404)
            #expect(try await shop.service.call(GetToy(toyID: toy.id), token: shop.owner) == toy)
        }
    }

    @Test(arguments: [
        ("limit=0", "?limit"), ("limit=101", "?limit"), ("limit=many", "?limit"), ("limit=1&limit=2", "?limit"), ("q=%00", "?q"),
        ("q=%ff", "?q"),
        ("since=today", "?since"), ("owner=nobody", "?owner"),
    ])
    func `A bad query names its parameter`(query: String, pointer: String) async throws {
        try await ToyShop.open { (shop) async throws in
            let answer = try await shop.service.request("GET", "/v1/toys?\(query)", token: shop.owner)
            #expect(answer.status == 422)
            #expect(try answer.problem.errors?.map(\.pointer) == [pointer])
        }
    }

    @Test func `What a query does not know does not matter`() async throws {
        try await ToyShop.open { (shop) async throws in
            #expect(try await shop.service.request("GET", "/v1/toys?utm=1&q=a+b%2Bc", token: shop.owner).status == 200)
        }
    }

    @Test(arguments: [
        "text/plain", "application/xml", "application/json; charset=utf-16", "application/jsonp", "multipart/form-data; boundary=x", "",
    ])
    func `Another media type is refused`(type: String) async throws {
        try await ToyShop.open { (shop) async throws in
            let answer = try await shop.service.request(
                "POST", "/v1/toys", token: shop.owner, headers: ["Content-Type": type], body: Data(#"{"name":"a","weight":3}"#.utf8))
            #expect(answer.status == 415)
            #expect(try answer.problem.isA(.unsupportedMediaType))
        }
    }

    @Test(arguments: [
        "application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\"", "application/json; profile=x",
    ])
    func `JSON may say that it is UTF-8`(type: String) async throws {
        try await ToyShop.open { (shop) async throws in
            let answer = try await shop.service.request(
                "POST", "/v1/toys", token: shop.owner, headers: ["Content-Type": type], body: Data(#"{"name":"a","weight":3}"#.utf8))
            #expect(answer.status == 201)
        }
    }

    @Test func `A body over the limit is refused, whether it says its length or not`() async throws {
        try await ToyShop.open { (shop) async throws in
            let body = Data(#"{"name":"a","weight":3,"x":"\#(String(repeating: "x", count: 5000))"}"#.utf8)
            let answer = try await shop.service.request(
                "POST", "/v1/toys", token: shop.owner, headers: ["Content-Type": "application/json"], body: body)
            #expect(answer.status == 413)
            #expect(try answer.problem.isA(.contentTooLarge))
            let chunk = "1000\r\n" + String(repeating: " ", count: 0x1000) + "\r\n"
            let text = try await RawConnection.exchange(
                shop.service.port,
                "POST /v1/toys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(shop.owner)\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + chunk + chunk)
            #expect(text.hasPrefix("HTTP/1.1 413"))
            #expect(text.lowercased().contains("connection: close"))
        }
    }

    @Test func `An unknown address and a wrong method say so`() async throws {
        try await ToyShop.open { (shop) async throws in
            for path in ["/", "/v1", "/v1/toy", "/v1/toys/", "//v1/toys", "/v1/toys/\(ToyID())/x"] {
                let answer = try await shop.service.request("GET", path, token: shop.owner)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.headers["content-type"] == "application/problem+json")
            }
            let put = try await shop.service.request("PUT", "/v1/toys", token: shop.owner, json: "{}")
            #expect(put.status == 405)
            #expect(put.headers["allow"] == "GET, HEAD, POST")
            #expect(try put.problem.isA(.methodNotAllowed))
            #expect(
                try await shop.service.request("POST", "/v1/toys/\(ToyID())", token: shop.owner, json: "{}").headers["allow"]
                    == "DELETE, GET, HEAD, PATCH")
            #expect(try await shop.service.request("TRACE", "/v1/toys").status == 405)
        }
    }

    @Test func `A body that may be left out may be left out`() async throws {
        try await ToyShop.open { (shop) async throws in
            #expect(try await shop.service.request("POST", "/v1/greetings").decoded(as: Greet.Output.self).text == "Hello, you")
            #expect(try await shop.service.request("POST", "/v1/greetings", json: "").status == 201)
            #expect(
                try await shop.service.request("POST", "/v1/greetings", json: #"{"name":"Ada"}"#).decoded(as: Greet.Output.self).text
                    == "Hello, Ada")
            #expect(try await shop.service.request("POST", "/v1/greetings", json: "{").status == 400)
        }
    }

    @Test func `Bytes that are no HTTP are refused`() async throws {
        try await ToyShop.open { (shop) async throws in
            for bytes in ["\u{16}\u{3}\u{1}\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "GET /\u{0} HTTP/1.1\r\n\r\n"] {
                let text = try await RawConnection.exchange(shop.service.port, bytes)
                #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400"), "\(text)")
            }
            let many = (0..<200).map { "X-\($0): a\r\n" }.joined()
            let text = try await RawConnection.exchange(shop.service.port, "GET /livez HTTP/1.1\r\nHost: x\r\n\(many)\r\n")
            #expect(!text.hasPrefix("HTTP/1.1 200"))
            #expect(try await shop.service.request("GET", "/livez").status == 200)
        }
    }
}
