import AuthContract
import ContractKit
import Foundation
import TestSupport
import Testing

@testable import SystemSupport

/// Rows 46 to 57: real ids of other people and other organizations open nothing and change nothing.
@Suite struct GuessingTests {
    private static let idInBody = Declared.withBody.filter { operation in
        operation.body?.leaves.contains { $0.last?.hasSuffix("_id") == true } == true
    }
    private static let idInQuery = Declared.ofOrganizations.filter { $0.query.keys.contains { $0.hasSuffix("_id") } }

    private func roles(_ world: World) async throws -> [(String, Caller)] {
        [
            ("owner", world.ours.gym.raw), ("member", world.ours.member.raw),
            ("trainer", Caller(world.system, token: try await world.ours.token(as: [.trainer]))),
            ("everything", Caller(world.system, token: try await world.ours.token(as: Set(Role.allCases)))),
        ]
    }

    /// Everything that can be read of `world` by its own people.
    private func state(_ world: Furnished) async throws -> [String: String] {
        var state: [String: String] = [:]
        for operation in Declared.all where operation.method == "GET" {
            for (name, caller) in [("owner", world.gym.raw), ("member", world.member.raw)] {
                let text = try await caller.get(operation.target(world)).text
                // Signing in elsewhere is no change, and that somebody looked is in the log, which an export hands out.
                let isLogged = operation.name.hasSuffix("AuditLog") || operation.path.hasPrefix("/v1/organization/export/")
                if operation.name != "ListLoginSessions", !isLogged {
                    state["\(operation.name) by \(name)"] = text
                }
            }
        }
        return state
    }

    /// As `state`, once what was under way has come to its end.
    private func settledState(_ world: Furnished) async throws -> [String: String] {
        var last = try await state(world)
        try await eventually("nothing changes any more") {
            try await Task.sleep(for: .milliseconds(300))
            let next = try await state(world)
            defer { last = next }
            return next == last
        }
        return last
    }

    @Test func `S0-03, row 46: ids of another organization are as unknown as made-up ones, and nothing changes`() async throws {
        try await withWorld { world in
            let before = try await settledState(world.theirs)
            for operation in Declared.byID {
                for (role, caller) in try await roles(world) {
                    func ask(_ target: String) async throws -> Reply {
                        try await caller.ask(operation, target, for: world.ours)
                    }
                    let (theirs, nobodys) = (try await ask(operation.target(world.theirs)), try await ask(operation.target(nil)))
                    #expect(
                        [403, 404].contains(theirs.status), "\(operation.name) as \(role): \(theirs.status) \(theirs.text.prefix(300))")
                    #expect(theirs.body == nobodys.body, "\(operation.name) as \(role): \(theirs.text) against \(nobodys.text)")
                    // What a role may not do with anything, it may not do with theirs.
                    let mayAsk = role == "everything" || role == "owner" && operation.access.scope(for: [.owner]) != nil
                    if mayAsk { #expect(theirs.status == 404, "\(operation.name) as \(role)") }
                }
            }
            #expect(try await settledState(world.theirs) == before)
            try await world.theirs.gym.raw.get("/v1/me").expect(200)
        }
    }

    @Test(arguments: idInBody) func `Row 47: ids of another organization in a body are refused`(_ operation: Declared) async throws {
        try await withWorld { world in
            // Of its own: others complete and cancel what all see, and the answer changes between two calls.
            let ours = try await Furnished.make(on: world.system)
            let body = try #require(operation.validBody(ours))
            for leaf in body.leaves {
                guard let name = leaf.last, let id = world.theirs.id(name) else { continue }
                var changed = body
                changed[at: leaf] = .string(id)
                let target = operation.target(ours)
                let reply = try await ours.gym.raw.post(target, text: changed.encoded, method: operation.method)
                #expect([404, 409, 422].contains(reply.status), "\(operation.name) \(leaf): \(reply.status) \(reply.text.prefix(300))")
                changed[at: leaf] = .string(UUID.v7().lowercaseText)
                let nobodys = try await ours.gym.raw.post(target, text: changed.encoded, method: operation.method)
                #expect(nobodys.body == reply.body, "\(operation.name) \(leaf): \(reply.text) against \(nobodys.text)")
            }
        }
    }

    @Test(arguments: idInQuery) func `Row 47: ids of another organization in a query find nothing`(_ operation: Declared) async throws {
        try await withWorld { world in
            for name in operation.query.keys {
                guard let id = world.theirs.id(name) else { continue }
                for (role, caller) in try await roles(world) {
                    let reply = try await caller.get(operation.target(world.ours, [name: id]))
                    #expect([200, 403, 404, 422].contains(reply.status), "\(operation.name) as \(role)")
                    #expect(reply.data.isEmpty, "\(operation.name) as \(role): \(reply.text.prefix(300))")
                }
            }
        }
    }

    @Test func `S3-59, row 48: a member reaches nothing of another member, and nothing changes`() async throws {
        try await withWorld { world in
            let gym = try await Furnished.make(on: world.system)
            let other = try await gym.gym.member("Other Member").raw
            let own: Set = ["member_id", "booking_id", "invoice_id", "workout_id", "notification_id", "login_session_id"]
            let before = try await settledState(gym)
            for operation in Declared.byID where !own.isDisjoint(with: operation.inPath) {
                let reply = try await other.ask(operation, operation.target(gym), for: gym)
                #expect([403, 404].contains(reply.status), "\(operation.name): \(reply.status) \(reply.text.prefix(300))")
            }
            for operation in Declared.all where operation.method == "GET" && operation.query["member_id"] != nil {
                let reply = try await other.get(operation.target(gym, ["member_id": "\(gym.member.id)"]))
                #expect(reply.data.isEmpty, "\(operation.name): \(reply.text.prefix(300))")
            }
            for path in ["/v1/sessions/\(gym.id("session_id") ?? "")/bookings", "/v1/bookings", "/v1/invoices", "/v1/workouts"] {
                #expect(try await other.get(path).data.isEmpty, "\(path)")
            }
            for operation in Declared.all where operation.method == "GET" && operation.inPath.isEmpty {
                let reply = try await other.get(operation.target(gym))
                for name in own {
                    let id = try #require(gym.id(name), "\(name)")
                    #expect(!reply.text.contains(id), "\(operation.name) shows \(name)")
                }
            }
            // In a body: for the other one, nothing can be booked or begun.
            for (path, status) in [
                ("/v1/sessions/\(gym.id("session_id") ?? "")/bookings", [403, 404, 422]), ("/v1/workouts", [403, 404, 422]),
            ] {
                let reply = try await other.post(path, ["member_id": .string("\(gym.member.id)")])
                #expect(status.contains(reply.status), "\(path): \(reply.status) \(reply.text)")
            }
            #expect(try await settledState(gym) == before)
        }
    }

    @Test func `Row 49: a trainer who does not give the session reaches nothing of it`() async throws {
        try await withWorld { world in
            let gym = try await Furnished.make(on: world.system)
            let other = Caller(world.system, token: try await gym.token(as: [.trainer], person: try await gym.gym.trainer()))
            let before = try await settledState(gym)
            for operation in Declared.byID where !["GetLocation", "GetTrainer", "GetSession", "GetExercise"].contains(operation.name) {
                let reply = try await other.ask(operation, operation.target(gym), for: gym)
                #expect([403, 404].contains(reply.status), "\(operation.name): \(reply.status) \(reply.text.prefix(300))")
            }
            #expect(try await settledState(gym) == before)
        }
    }

    @Test(arguments: Declared.guarded) func `Row 51: each role that an operation does not name is refused`(
        _ operation: Declared
    ) async throws {
        try await withWorld { world in
            for role in Role.allCases where operation.access.scope(for: [role]) == nil {
                let caller = Caller(world.system, token: try await world.ours.token(as: [role]))
                let reply = try await caller.post(
                    operation.target(world.ours), text: operation.validBody(world.ours)?.encoded, method: operation.method)
                #expect(reply.status == 403 && reply.json["type"] == "/problems/forbidden", "\(operation.name) as \(role): \(reply.status)")
            }
            let nobody = Caller(world.system, token: try await world.ours.token(as: []))
            if case .granted = operation.access {
                let reply = try await nobody.post(
                    operation.target(world.ours), text: operation.validBody(world.ours)?.encoded, method: operation.method)
                #expect(reply.status == 403, "\(operation.name) without a role: \(reply.status)")
            }
        }
    }

    @Test(arguments: Declared.ofOrganizations.filter { $0.query["cursor"] != nil })
    func `Row 55: made-up, broken and other lists' cursors are refused or show only what is ours`(_ operation: Declared) async throws {
        try await withWorld { world in
            let future = "9007199254740992000"
            let made: [[String]] = [
                ["a"], [""], ["0"], ["0", "\(UUID())"], [future, "\(UUID())"], ["-\(future)", "\(UUID())"],
                ["9223372036854775807", "\(UUID())"],
                ["-9223372036854775808", "\(UUID())"], ["1e9", "\(UUID())"], ["infinity", "\(UUID())"], ["now", "\(UUID())"],
                ["NaN", "\(UUID())"], ["' or 1=1--", "' or 1=1--"], ["\(UUID())", "\(UUID())"], ["0", "0", "0", "0"],
                ["\(UUID())", "0"], [String(repeating: "9", count: 400)], ["1", world.theirs.id("session_id") ?? "", "x"],
                ["x", world.theirs.id("exercise_id") ?? ""], ["\u{202E}", "é", "😀"], ["250000000000000000", "\(UUID())"],
            ]
            let texts =
                try made.map { Forgery.Signer.encoded(try JSON.encode($0)) } + [
                    "", "!", "W10", "bnVsbA", "WzFd", "eyJhIjoxfQ", "W251bGxd", String(repeating: "A", count: 1025), "%00", "W1siYSJdXQ",
                ]
            for text in texts {
                let token = try await world.ours.token(as: [.owner, .trainer])
                let asking = Caller(world.system, token: token)
                let reply = try await asking.get(operation.target(world.ours, ["cursor": text]))
                expectClean(reply, "\(operation.name) \(Forgery.Signer.decoded(text) as NSData)")
                #expect([200, 422].contains(reply.status), "\(operation.name) \(text): \(reply.status)")
                for (name, id) in world.theirs.ids where reply.status == 200 {
                    #expect(!reply.text.contains(id), "\(operation.name) shows \(name)")
                }
            }
        }
    }

    @Test func `Row 57: a key of one organization or person is no key of another`() async throws {
        try await withWorld { world in
            let (key, name) = (["Idempotency-Key": Fresh.word], Fresh.word)
            let body: JSONValue = ["full_name": .string(name)]
            let ours = try await world.ours.gym.raw.post("/v1/members", body, headers: key).expect(201)
            let gym = try await Gym.signUp(on: world.system)
            let others = try await gym.raw.post("/v1/members", body, headers: key).expect(201)
            #expect(try ours["id"] != (try others["id"]))
            let admin = Caller(world.system, token: try await world.ours.token(as: [.admin]))
            #expect(try await admin.post("/v1/members", body, headers: key).expect(201)["id"] != (try ours["id"]))
            #expect(try await world.ours.gym.raw.post("/v1/members", body, headers: key).expect(201)["id"] == (try ours["id"]))
        }
    }

    @Test(arguments: Declared.ofOrganizations.filter { $0.method == "POST" })
    func `Row 83: keys that cannot be are refused before anything is done`(_ operation: Declared) async throws {
        try await withWorld { world in
            let token = operation.isOpen ? nil : world.ours.gym.tokens.accessToken
            for key in ["", String(repeating: "k", count: 256), "\"half", "a b", "é", "\"\"", "a\\b"] {
                let body = operation.validBody(world.ours)?.encoded
                let reply = try await operation.send(
                    world, operation.target(nil), text: body, token: token, headers: ["Idempotency-Key": key])
                expectClean(reply, "\(operation.name) \(key.debugDescription)")
                #expect(reply.status == 400, "\(operation.name) \(key.debugDescription): \(reply.status) \(reply.text.prefix(200))")
            }
        }
    }
}
