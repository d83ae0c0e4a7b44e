import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Rows 117 to 120, 128, 129, 138, 139, 145: addresses, methods, fields of answers, and what should not be reachable at all.
@Suite struct SurfaceTests {
    @Test(arguments: Declared.all) func `Row 118: tricks with a path lead nowhere`(_ operation: Declared) async throws {
        try await withWorld { world in
            let path = operation.target(world.theirs)
            let tail = String(path.dropFirst("/v1/".count))
            let first = tail.split(separator: "/").first.map(String.init) ?? ""
            for target in [
                "/v1/../v1/\(tail)", "/v1/./\(tail)", "//v1/\(tail)", "/v1//\(tail)", "/v1/\(tail)/", "/v1/\(tail)/.", "/v1/\(tail)/..",
                "/v1/\(tail)%00",
                "/v1%2f\(tail)", "/v1%2F\(tail)", "/v1%252f\(tail)", "/%2e%2e/v1/\(tail)", "/v1/%2e%2e%2fv1/\(tail)", "/v1/..;/v1/\(tail)",
                "/v1/\(tail);jsessionid=1", "/v1\\\(tail)", "/v1/\(tail).", "/v1/\(tail).json", "/V1/\(tail)",
                "/v1/\(first.uppercased())/x", "/v1/\(tail)%20",
                "/v1/\(tail)%0d%0aX:%20y", "/v1/%c0%ae%c0%ae/\(tail)", "/v1/\(tail)%", "/v1/\(tail)%zz", "/v1/\(tail)%ff",
                "/v1/x/../../v1/\(tail)",
                "/api/v1/\(tail)", "/v2/\(tail)", "/v0/\(tail)",
            ] where !operation.isOpen || !target.hasPrefix("/.well-known") {
                let text = try await Wire.exchange(
                    world.system.edgePort,
                    "\(operation.method) \(target) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(world.ours.gym.tokens.accessToken)\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                )
                // Those of whoever runs the installation refuse everybody else before they read the path's ids.
                let refused = operation.access.isPlatform ? ["HTTP/1.1 403"] : []
                #expect(
                    (["HTTP/1.1 404", "HTTP/1.1 400", "HTTP/1.1 405"] + refused).contains { text.hasPrefix($0) },
                    "\(operation.method) \(target): \(text.prefix(200))")
            }
        }
    }

    @Test func `Row 117: addresses that are too long, of many parameters, or badly encoded`() async throws {
        try await withWorld { world in
            let caller = world.ours.gym.raw
            try await caller.get("/v1/members?query=\(String(repeating: "a", count: 9000))").expect(414)
            let many = (0..<1000).map { "a\($0)=1" }.joined(separator: "&")
            #expect([200, 414].contains(try await caller.get("/v1/members?\(many)").status))
            for query in ["%00", "%", "%z", "%zz", "%c0%af", "%ed%a0%80", "%f8%88%80%80%80", "%2", "a%"] {
                let text = try await Wire.exchange(
                    world.system.edgePort,
                    "GET /v1/members?query=\(query) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(caller.token ?? "")\r\nConnection: close\r\n\r\n"
                )
                #expect(text.hasPrefix("HTTP/1.1 400 ") || text.hasPrefix("HTTP/1.1 422 "), "\(query): \(text.prefix(200))")
            }
        }
    }

    @Test(arguments: Declared.all) func `Row 119: other methods are refused, and overriding fields are not heard`(
        _ operation: Declared
    ) async throws {
        try await withWorld { world in
            let known = Declared.all.filter { $0.path == operation.path }.map(\.method)
            for method in ["TRACE", "TRACK", "DEBUG", "PROPFIND", "PUT", "POST", "PATCH", "DELETE", "GET", "FOO"]
            where !known.contains(method) {
                let text = try await Wire.exchange(
                    world.system.edgePort,
                    "\(method) \(operation.target(world.ours)) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(world.ours.gym.tokens.accessToken)\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                )
                #expect(
                    text.hasPrefix("HTTP/1.1 405 ") && text.lowercased().contains("\r\nallow: ") || text.hasPrefix("HTTP/1.1 400 "),
                    "\(method) \(operation.path): \(text.prefix(200))")
            }
            guard operation.method == "GET", !operation.access.isPlatform else { return }
            let overridden = try await world.ours.gym.raw.get(
                operation.target(world.ours),
                headers: ["X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "DELETE", "X-Method-Override": "DELETE"])
            // Some ask for a period in their query.
            let expected = operation.access.scope(for: [.owner]) == nil ? [403] : [200, 404, 422]
            #expect(expected.contains(overridden.status), "\(operation.name): \(overridden.status)")
        }
    }

    @Test(arguments: Declared.all) func `Rows 120, 128, 129: HEAD, OPTIONS and the fields of answers`(_ operation: Declared) async throws {
        try await withWorld { world in
            let target = operation.target(world.ours)
            let origin = ["Origin": "https://evil.example", "Access-Control-Request-Method": operation.method]
            let preflight = try await Caller(world.system).send("OPTIONS", target, headers: origin)
            #expect(
                preflight.status == 204 && preflight.headers["access-control-allow-origin"] == nil,
                "\(operation.name): \(preflight.headers)")
            var replies = [preflight]
            if operation.method == "GET" {
                let got = try await world.ours.gym.raw.get(target, headers: ["Origin": "https://evil.example"])
                let head = try await world.ours.gym.raw.send("HEAD", target)
                #expect(head.status == got.status && head.body.isEmpty, "\(operation.name): \(head.status)")
                #expect(got.headers["access-control-allow-origin"] == nil)
                replies += [got, head]
            }
            if !operation.isOpen {
                replies.append(try await Caller(world.system).post(target, text: nil, method: operation.method))
                replies.append(try await world.ours.gym.raw.get("/v1/trainers/\(PersonID())"))
                for reply in replies.dropFirst() {
                    #expect(
                        ["no-store", "private, no-cache"].contains(reply.headers["cache-control"] ?? ""),
                        "\(operation.name) \(reply.status): \(reply.headers)")
                }
            }
            for reply in replies {
                #expect(reply.headers["server"] == nil && reply.headers["x-powered-by"] == nil, "\(operation.name): \(reply.headers)")
                #expect(reply.headers["x-content-type-options"] == "nosniff", "\(operation.name) \(reply.status): \(reply.headers)")
            }
        }
    }

    @Test func `Row 139: nothing answers that no document lists`() async throws {
        try await withWorld { world in
            for path in [
                "/metrics", "/debug", "/debug/pprof", "/.env", "/.git/config", "/.git/HEAD", "/v0/me", "/actuator", "/actuator/env",
                "/admin", "/console",
                "/swagger", "/graphql", "/server-status", "/phpinfo.php", "/wp-admin", "/.well-known/openid-configuration",
                "/.aws/credentials",
                "/backup.sql", "/v1/debug", "/v1/users", "/v1/admin", "/v1/internal", "/healthz", "/Package.swift", "/etc/passwd",
                "/v1/test",
            ] {
                for caller in [Caller(world.system), world.ours.gym.raw] { try await caller.get(path).expect(404) }
            }
        }
    }

    @Test(arguments: Declared.guarded) func `Row 138: a service asks for a token where nobody stands before it`(
        _ operation: Declared
    ) async throws {
        try await withWorld { world in
            let direct = Caller(port: try world.system.instance(operation.service).port)
            let forged = ["X-Person-Id": "\(world.ours.member.id)", "X-Organization-Id": "\(world.ours.gym.organizationID)"]
            let reply = try await direct.post(
                operation.target(world.ours), text: operation.validBody(world.ours)?.encoded, headers: forged, method: operation.method)
            #expect(reply.status == 401, "\(operation.name): \(reply.status)")
        }
    }
}
