import ContractKit
import Testing

@testable import EdgeServer

@Suite struct RouteTableTests {
    private func match(_ method: String, _ path: String) throws -> RouteTable.Match {
        try RouteTable([ToyContract.self]).match(method, RequestTarget(path).segments)
    }

    private func name(_ method: String, _ path: String) throws -> String? {
        if case .operation(let operation) = try match(method, path) { operation.name } else { nil }
    }

    @Test(arguments: [
        ("GET", "/v1/things/0192", "GetThing"), ("HEAD", "/v1/things/0192", "GetThing"), ("PATCH", "/v1/things/0192?x=1", "ChangeThing"),
        ("GET", "/v1/things/newest", "NewestThing"), ("GET", "/v1/things/newest/parts", "ListParts"), ("POST", "/v1/things", "MakeThing"),
    ])
    func finds(_ method: String, _ path: String, _ operation: String) throws {
        #expect(try name(method, path) == operation)
    }

    @Test(arguments: ["/", "/v1", "/v1/things/", "//v1/things", "/v1//things", "/V1/things", "/v1/things/1/2/3", "/v1/things/1/parts/"])
    func nothingElse(_ path: String) throws {
        #expect(try match("GET", path) == .nothing)
    }

    @Test func otherMethodsAreNamed() throws {
        #expect(try match("DELETE", "/v1/things/1") == .otherMethods(["GET", "PATCH", "HEAD", "OPTIONS"]))
        #expect(try match("GET", "/v1/things") == .otherMethods(["POST", "OPTIONS"]))
    }

    @Test func twoOperationsCannotShareAnAddress() {
        enum Doubled: ServiceContract {
            static let name = "doubled"
            static let summary = ""
            static let operations: [any APIOperation.Type] = [ReadNotice.self]
            static let events: [any Event.Type] = []
        }
        #expect(throws: RouteTable.Taken.self) { try RouteTable([ToyContract.self, Doubled.self]) }
    }

    @Test(arguments: [
        "/v1/things/../notice", "/v1/things/%2e%2e/notice", "/v1/things/a%2Fb", "/v1/things/%252f", "/v1/things/a\\b", "/v1/things/a;b",
        "/v1/things/%00", "/v1/things/%", "/v1/things/%zz", "/v1/things/%c0%ae", "/v1/notice?a=%0", "/v1/notice?a=%00",
        "http://x/v1/notice", "*",
        "/" + String(repeating: "a", count: 9000),
    ])
    func ambiguousTargetsAreRefused(_ target: String) {
        #expect(throws: Refusal.self) { try RequestTarget(target) }
    }

    @Test func harmlessTargetsPass() throws {
        _ = try RequestTarget("/v1/exercises?q=benhc%20pres&muscle=a,b&from=2026-03-01T10:00:00Z&x[]=%C3%A9%0A")
        _ = try RequestTarget("/v1/things/caf%C3%A9")
    }

    @Test func endpointsAreRead() {
        #expect(EdgeConfiguration.Endpoint("auth:8080")?.description == "auth:8080")
        #expect(EdgeConfiguration.Endpoint("[::1]:80")?.host == "::1")
        for bad in ["auth", "auth:", ":80", "auth:0", "auth:70000", "auth:x"] { #expect(EdgeConfiguration.Endpoint(bad) == nil) }
    }
}
