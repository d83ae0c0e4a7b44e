import AuthContract
import ContractKit
import Foundation
import Logging
import Messaging
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import AuthServer

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
                let admin = S.self == AuthService.self ? try await PlatformCallers.makeAdmin(in: running) : nil
                for operation in S.Contract.operations {
                    try await check(operation, in: running, as: try await PlatformCallers.signIn(admin, stored, running))
                }
            }
        }
    }

    private func check<O: APIOperation>(_ operation: O.Type, in service: ServiceUnderTest, as platform: PlatformCallers) async throws {
        let path = try SchemaRecorder.example(of: operation).target()
        let sent = try O.encoded(Product.example(of: O.self))
        let (body, json) = (sent?.bytes, sent.map { ["Content-Type": $0.type] } ?? [:])
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
        if O.access != .everyone {
            let reply = try await answer(platform.complete, body: body)
            if O.access.isPlatform {
                let kinds: [ProblemKind] = [.unauthenticated, .forbidden, .secondFactorNeeded, .internalError]
                let isTurnedAway = reply.status >= 400 ? try kinds.contains(where: reply.problem.isA) : false
                #expect(!isTurnedAway, "\(O.name) by those who run the installation: \(reply.text)")
                let isByID = path.contains(/[0-9a-f]{8}-[0-9a-f-]{27}/)
                if isByID { #expect(reply.status == 404, "\(O.name) of nothing") }
                let half = try await answer(platform.passwordOnly, body: body)
                let isRefused = half.status == 403 ? try half.problem.isA(.secondFactorNeeded) : false
                #expect(isRefused == (O.access == .platform), "\(O.name) with the password alone: \(half.status)")
            } else {
                #expect(reply.status == 401, "\(O.name) by those who run the installation")
            }
        }
        // Somebody who is everything in an organization that has nothing: whatever the path names belongs to another one.
        let owner = try await service.token(roles: [.owner, .trainer, .member], organization: organization)
        if !O.route.parameters.isEmpty, O.access != .everyone, !O.access.isPlatform {
            #expect(try await answer(owner, body: body).status == 404, "\(O.name) of another organization")
            let broken = path.replacing(/[0-9a-f]{8}-[0-9a-f-]{27}/, with: "not-an-id")
            let refused = try await service.request(O.route.method.rawValue, broken, token: owner, headers: json, body: body)
            #expect(refused.status == 404, "\(O.name) with a bad id")
        }
        guard O.hasBody else { return }
        let token = O.access == .everyone ? nil : O.access.isPlatform ? platform.complete : owner
        let broken = try await answer(token, body: Data("{".utf8))
        #expect(broken.status == (O.takesFile ? 415 : 400), "\(O.name) with broken JSON")
        let wrong = try await answer(token, body: Data(#""text""#.utf8))
        if O.takesFile {
            #expect(wrong.status == 415, "\(O.name) with bytes that are no file")
        } else {
            #expect(wrong.status == 422, "\(O.name) with a body of another shape")
            #expect(try wrong.problem.errors?.isEmpty == false, "\(O.name) names what is wrong")
        }
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
                for operation in S.Contract.operations where operation.access != .everyone && !operation.access.isPlatform {
                    try await checkKeys(operation, of: S.Contract.self, in: running)
                }
            }
        }
    }

    private func checkKeys<O: APIOperation, C: ServiceContract>(
        _ operation: O.Type, of contract: C.Type, in service: ServiceUnderTest
    ) async throws {
        let path = try SchemaRecorder.example(of: operation).target()
        let sent = try O.encoded(Product.example(of: O.self))
        let (body, json) = (sent?.bytes, sent.map { ["Content-Type": $0.type] } ?? [:])
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

/// Somebody who runs the installation, signed in anew for each operation: one of them ends its own login session.
private struct PlatformCallers {
    var complete: String
    var passwordOnly: String

    /// - Parameter admin: Nil for the services that know of nobody who runs the installation, and have no operations for them.
    static func signIn(_ admin: PlatformAdminID?, _ stored: TestDatabase, _ service: ServiceUnderTest) async throws -> PlatformCallers {
        let (whole, half) = (LoginSessionID(), LoginSessionID())
        if let admin {
            try await stored.sql(
                """
                insert into auth.platform_sessions (platform_session_id, platform_admin_id, second_factor_at, expires_at)
                values ('\(whole)', '\(admin)', now(), now() + interval '1 hour'),
                    ('\(half)', '\(admin)', null, now() + interval '1 hour')
                """)
        }
        return PlatformCallers(
            complete: try await service.platformToken(admin: admin ?? PlatformAdminID(), session: whole),
            passwordOnly: try await service.platformToken(admin: admin ?? PlatformAdminID(), session: half, hasSecondFactor: false))
    }

    static func makeAdmin(in service: ServiceUnderTest) async throws -> PlatformAdminID {
        let parts = try AuthParts(
            ServiceContext(
                settings: Settings(service.keys.settings), database: service.database, keys: service.keys.ring(),
                logger: Logger(label: "test")))
        let password = PasswordHash(text: "$2b$04$" + String(repeating: "a", count: 53), pepperID: "p1")
        return try await service.database.transaction { tx in
            try await parts.platformAdmins.insert(
                Username(rawValue: "matrix")!, EmailAddress(rawValue: "matrix@palestra.example")!, password, now: Date(), in: tx)
        }
    }
}

private func heard<R: Reaction>(_ reaction: R) -> String { R.Heard.type }
