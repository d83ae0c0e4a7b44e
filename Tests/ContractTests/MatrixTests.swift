import ContractKit
import Foundation
import Logging
import Messaging
import ServiceKit
import TestSupport
import Testing

/// Every declared operation, over the real service and its real tables.
@Suite struct MatrixTests {
    @Test("S0-36, S4-52, rows 1, 46, 51, 85, 92: every operation is guarded", arguments: Product.services.map { Product.name($0) })
    func everyOperationIsGuarded(of name: String) async throws {
        let service = try Product.service(name)
        try await guarded(service)
    }

    private func guarded<S: PalestraService>(_ service: S.Type) async throws {
        let schema = try #require(ServiceName(rawValue: S.Contract.name))
        try await withDatabase(schema) { stored in
            try await withService(service, database: stored.open()) { running in
                for operation in S.Contract.operations { try await check(operation, in: running) }
            }
        }
    }

    private func check<O: APIOperation>(_ operation: O.Type, in service: ServiceUnderTest) async throws {
        let path = try SchemaRecorder.example(of: operation).target()
        let body = O.hasBody ? try JSON.encode(try SchemaRecorder.example(of: O.Body.self)) : nil
        let json = O.hasBody ? ["Content-Type": "application/json"] : [:]
        func answer(_ token: String?, body: Data?) async throws -> RawAnswer {
            try await service.request(O.route.method.rawValue, path, token: token, headers: json, body: body)
        }
        let organization = OrganizationID()
        if O.access != .everyone {
            #expect(try await answer(nil, body: body).status == 401, "\(O.name) without a token")
            #expect(try await answer("nonsense", body: body).status == 401, "\(O.name) with a bad token")
        }
        for role in Role.allCases {
            let token = try await service.token(roles: [role], organization: organization)
            let reply = try await answer(token, body: body)
            if O.access.scope(for: [role]) == nil {
                #expect(reply.status == 403, "\(O.name) as \(role)")
            } else if O.access != .everyone {
                // What it comes to is another matter: there is nothing in this organization, not even the person.
                let isForbidden = reply.status == 403 ? try reply.problem.isA(.forbidden) : false
                #expect(!isForbidden, "\(O.name) as \(role)")
            }
        }
        // An owner of an organization that has nothing: whatever the path names belongs to another one.
        let owner = try await service.token(roles: [.owner, .member], organization: organization)
        if !O.route.parameters.isEmpty, O.access != .everyone {
            #expect(try await answer(owner, body: body).status == 404, "\(O.name) of another organization")
            let broken = path.replacing(/[0-9a-f]{8}-[0-9a-f-]{27}/, with: "not-an-id")
            let refused = try await service.request(O.route.method.rawValue, broken, token: owner, headers: json, body: body)
            #expect(refused.status == 404, "\(O.name) with a bad id")
        }
        guard O.hasBody else { return }
        let token = O.access == .everyone ? nil : owner
        #expect(try await answer(token, body: Data("{".utf8)).status == 400, "\(O.name) with broken JSON")
        let wrong = try await answer(token, body: Data(#""text""#.utf8))
        #expect(wrong.status == 422, "\(O.name) with a body of another shape")
        #expect(try wrong.problem.errors?.isEmpty == false, "\(O.name) names what is wrong")
        let plain = try await service.request(
            O.route.method.rawValue, path, token: token, headers: ["Content-Type": "text/plain"], body: body)
        #expect(plain.status == 415, "\(O.name) as text")
    }

    @Test("Row 45: every operation refuses a key that is not for it", arguments: Product.services.map { Product.name($0) })
    func everyOperationRefusesOtherKeys(of name: String) async throws {
        let service = try Product.service(name)
        try await keyed(service)
    }

    private func keyed<S: PalestraService>(_ service: S.Type) async throws {
        let schema = try #require(ServiceName(rawValue: S.Contract.name))
        try await withDatabase(schema) { stored in
            try await withService(service, database: stored.open()) { running in
                for operation in S.Contract.operations where operation.access != .everyone {
                    try await checkKeys(operation, of: S.Contract.self, in: running)
                }
            }
        }
    }

    private func checkKeys<O: APIOperation, C: ServiceContract>(
        _ operation: O.Type, of contract: C.Type, in service: ServiceUnderTest
    ) async throws {
        let path = try SchemaRecorder.example(of: operation).target()
        let body = O.hasBody ? try JSON.encode(try SchemaRecorder.example(of: O.Body.self)) : nil
        let json = O.hasBody ? ["Content-Type": "application/json"] : [:]
        func isRefused(_ scopes: [String]) async throws -> Bool {
            let token = try await service.token(
                roles: Set(Role.allCases), organization: OrganizationID(), scope: scopes.joined(separator: " "))
            let reply = try await service.request(O.route.method.rawValue, path, token: token, headers: json, body: body)
            return reply.status == 403 ? try reply.problem.isA(.insufficientScope) : false
        }
        let own = O.scopes(in: C.name)
        for scope in own {
            #expect(KeyScope(rawValue: scope) != nil, "\(scope)")
            let isMine = try await !isRefused([scope])
            #expect(isMine, "\(O.name) with \(scope)")
        }
        // Everything there is, but its own.
        let all = Set(Product.contracts.flatMap { other in other.operations.flatMap { $0.scopes(in: other.name) } })
        for others in [[], all.subtracting(own).sorted().prefix(40).map(\.self), ["\(C.name):\(O.name)s", "\(C.name):*", "*"]] {
            #expect(try await isRefused(others), "\(O.name) with \(others.count) others")
        }
        let opposite = "\(C.name):\(O.route.method.writes ? "read" : "write")"
        #expect(try await isRefused([opposite]), "\(O.name) with \(opposite)")
    }

    @Test func everyOperationIsAnswered() async throws {
        for service in Product.services { try await answered(service) }
    }

    private func answered<S: PalestraService>(_ service: S.Type) async throws {
        let schema = try #require(ServiceName(rawValue: S.Contract.name))
        try await withDatabase(schema) { stored in
            let keys = try await TestKeys.make()
            let context = ServiceContext(
                settings: Settings(keys.settings), database: stored.open(), keys: try keys.ring(), logger: .init(label: "test"))
            let bound = try S.build(context).endpoints.map { $0.operation.name }
            #expect(bound.sorted() == S.Contract.operations.map { $0.name }.sorted())
            let reacting = Set(try S.build(context).reactions.map { heard($0) })
            #expect(reacting == Set(S.hears.map { $0.type }), "\(S.Contract.name) says what it hears")
        }
    }
}

private func heard<R: Reaction>(_ reaction: R) -> String { R.Heard.type }
