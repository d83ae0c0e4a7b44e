import AuthContract
import ContractKit
import Foundation
import JWTKit
import ServiceKit
import TestSupport
import Testing

@testable import SystemSupport

/// What no client should send, through the edge.
@Suite struct BadInputTests {
    private static let classType =
        #"{"name":"Spin","category":"group","duration_minutes":45,"capacity":12,"price":{"amount":5000,"currency":"CAD"}}"#

    private func replacing(_ old: String, _ new: String) -> String { Self.classType.replacing(old, with: new) }

    @Test("Rows 85, 88: what is no JSON is malformed") func whatIsNoJSONIsMalformed() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            for text in [
                "", "{", #"{"name":"#, #"{"name":"Spin",}"#, "{'name':'Spin'}", Self.classType + "}", "\u{FEFF}nonsense", "[1,2", "NaN",
            ] {
                let reply = try await gym.raw.post("/v1/class-types", text: text)
                #expect(reply.status == 400 && reply.json["type"] == "/problems/malformed-json", "\(text): \(reply.status) \(reply.text)")
            }
            let bytes = try await gym.raw.send(
                "POST", "/v1/class-types", headers: ["Content-Type": "application/json"],
                body: Data([0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D]))
            try bytes.expect(400, "malformed-json")
            let deep = try await gym.raw.post(
                "/v1/class-types", text: String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000))
            #expect([400, 422].contains(deep.status))
            #expect(try await gym.raw.get("/v1/class-types").expect(200).data.isEmpty)
        }
    }

    @Test("Rows 86, 89, 91: wrong values are named by their place") func wrongValuesAreNamedByTheirPlace() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let cases: [(String, String)] = [
                (replacing(#""Spin""#, "17"), "#/name"), (replacing(#""Spin""#, "null"), "#/name"),
                (replacing(#""name":"Spin","#, ""), "#/name"),
                (replacing("Spin", String(repeating: "x", count: 201)), "#/name"), (replacing("Spin", ""), "#/name"),
                (replacing("Spin", "   "), "#/name"),
                (replacing("Spin", #"a\u0000b"#), "#/name"), (replacing("Spin", #"a\ud800b"#), "#/name"),
                (replacing("Spin", #"\udc00"#), "#/name"),
                (replacing("group", "wrestling"), "#/category"), (replacing(#""group""#, "[]"), "#/category"),
                (replacing(":45", ":0"), "#/duration_minutes"), (replacing(":45", ":1441"), "#/duration_minutes"),
                (replacing(":45", ":4.5"), "#/duration_minutes"), (replacing(":45", #":"45""#), "#/duration_minutes"),
                (replacing(":45", ":99999999999999999999"), "#/duration_minutes"), (replacing(":45", ":1e400"), "#/duration_minutes"),
                (replacing(":12", ":-1"), "#/capacity"), (replacing(":12", ":true"), "#/capacity"),
                (replacing(":5000", ":10000000000001"), "#/price/amount"), (replacing(":5000", ":0.5"), "#/price/amount"),
                (replacing("CAD", "cad"), "#/price/currency"), (replacing(#"{"amount":5000,"currency":"CAD"}"#, "5000"), "#/price"),
                (replacing(#""name""#, #""color":"red","name""#), "#/color"), ("[]", "#"), ("17", "#"), ("null", "#"),
            ]
            for (text, pointer) in cases {
                let reply = try await gym.raw.post("/v1/class-types", text: text)
                let pointers = reply.json["errors"]?.elements.compactMap { $0["pointer"]?.text } ?? []
                #expect(
                    reply.status == 422 && reply.json["type"] == "/problems/validation" && pointers == [pointer],
                    "\(text.prefix(120)): \(reply.status) \(reply.text.prefix(300))")
            }
            #expect(try await gym.raw.get("/v1/class-types").expect(200).data.isEmpty)
            for body in [#"{"member_id":"17"}"#, #"{"member_id":17}"#, #"{"member_id":"00000000-0000-0000-0000-00000000000g"}"#] {
                let reply = try await gym.raw.post("/v1/sessions/\(SessionID())/bookings", text: body)
                #expect(reply.status == 422 && reply.json["errors"]?.elements.first?["pointer"] == "#/member_id", "\(body): \(reply.text)")
            }
        }
    }

    @Test("Rows 96, 97: wrong parameters are refused") func wrongParametersAreRefused() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            for path in [
                "/v1/members/17", "/v1/members/%00", "/v1/sessions/not-a-uuid", "/v1/invoices/00000000-0000-0000-0000-00000000000g",
            ] {
                let reply = try await gym.raw.get(path)
                #expect([400, 404].contains(reply.status), "\(path): \(reply.status) \(reply.text)")
            }
            try await gym.raw.get("/v1/members/17").expect(404, "not-found")
            for query in ["limit=0", "limit=101", "limit=ten", "cursor=nonsense", "query=\(String(repeating: "x", count: 101))"] {
                let reply = try await gym.raw.get("/v1/members?\(query)")
                #expect(
                    reply.status == 422 && reply.json["errors"]?.elements.first?["pointer"]?.text?.contains("?") == true,
                    "\(query): \(reply.text)")
            }
            try await gym.raw.get("/v1/sessions?from=yesterday").expect(422, "validation")
            try await gym.raw.get("/v1/invoices?member_id=17").expect(422, "validation")
        }
    }

    @Test("Rows 92, 95, 119, 139: what cannot be taken is refused for its form") func whatCannotBeTakenIsRefusedForItsForm() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            // By hand: the connection ends with that answer, which a client that is still sending may lose.
            let client = try await RawClient(system.edgePort)
            defer { client.close() }
            client.send(
                """
                POST /v1/class-types HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(gym.tokens.accessToken)\r\n\
                Content-Type: application/json\r\nContent-Length: \((1 << 20) + 1)\r\n\r\n
                """)
            try await eventually("an answer to the head") { client.answers == 1 }
            #expect(client.text.hasPrefix("HTTP/1.1 413 ") && client.text.contains("/problems/content-too-large"))
            for type in ["text/plain", "application/xml", "application/x-www-form-urlencoded"] {
                try await gym.raw.post("/v1/class-types", text: Self.classType, headers: ["Content-Type": type]).expect(
                    415, "unsupported-media-type")
            }
            try await gym.raw.send("POST", "/v1/class-types", body: Data(Self.classType.utf8)).expect(415, "unsupported-media-type")
            for path in ["/v1/nothing", "/v2/me", "/v1", "/v1/members/\(PersonID())/secrets", "/v1//me", "/.git/config"] {
                try await gym.raw.get(path).expect(404, "not-found")
            }
            let method = try await gym.raw.send("PUT", "/v1/class-types").expect(405, "method-not-allowed")
            let allowed = Set((method.headers["allow"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
            #expect(allowed.isSuperset(of: ["GET", "POST"]) && !allowed.contains("PUT"))
            try await gym.raw.delete("/v1/me").expect(405, "method-not-allowed")
        }
    }

    @Test("Rows 1 to 13: only our tokens are taken") func onlyOurTokensAreTaken() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let anybody = Caller(system)
            let good = gym.tokens.accessToken.split(separator: ".").map(String.init)
            func claims(_ change: (inout AccessTokenClaims) -> Void = { _ in }) -> AccessTokenClaims {
                var claims = AccessTokenClaims(
                    personID: PersonID(), loginSessionID: LoginSessionID(), organizationID: gym.organizationID, roles: [.owner],
                    issuedAt: Date())
                change(&claims)
                return claims
            }
            func unsigned(_ header: String) -> String {
                let text = Data(header.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-").replacing(
                    "/", with: "_")
                return "\(text).\(good[1])."
            }
            let bad: [(String, String?)] = [
                ("none", nil), ("nonsense", "nonsense"), ("another signature", "\(good[0]).\(good[1]).\(String(good[2].reversed()))"),
                ("other claims", "\(good[0]).\(String(good[1].dropLast(2)))AA.\(good[2])"),
                ("alg none", unsigned(#"{"alg":"none","typ":"at+jwt"}"#)), ("no signature", "\(good[0]).\(good[1])."),
                ("the refresh token", gym.tokens.refreshToken),
                ("expired", try await system.keys.token(claims { $0.exp = Int64(Date().timeIntervalSince1970) - 120 })),
                ("not yet", try await system.keys.token(claims { $0.nbf = Int64(Date().timeIntervalSince1970) + 600 })),
                ("for others", try await system.keys.token(claims { $0.aud = AudienceClaim(value: ["elsewhere"]) })),
                ("by others", try await system.keys.token(claims { $0.iss = "elsewhere" })),
                ("another sort", try await system.keys.token(claims(), header: ["typ": "JWT"])),
                ("another key", try await TestKeys.make().token(claims())),
            ]
            for (name, token) in bad {
                for path in ["/v1/me", "/v1/bookings", "/v1/invoices", "/v1/workouts", "/v1/notifications"] {
                    let reply = try await anybody.with(token: token).get(path)
                    #expect(
                        reply.status == 401 && reply.json["type"] == "/problems/unauthenticated", "\(name): \(reply.status) \(reply.text)")
                    #expect(reply.headers["www-authenticate"]?.hasPrefix("Bearer") == true, "\(name)")
                }
            }
            try await anybody.with(token: try await system.keys.token(claims())).get("/v1/bookings").expect(200)
        }
    }
}
