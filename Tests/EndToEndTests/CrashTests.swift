import AuthContract
import BillingContract
import Client
import ContractKit
import Foundation
import NotificationsContract
import SchedulingContract
import TestSupport
import Testing
import WorkoutsContract

@testable import SystemSupport

/// Processes die in the middle of a journey and come back. What clients were told stands, and everything happens once.
@Suite(.serialized) struct CrashTests {
    /// Apart from the one that other tests use meanwhile. It ends with the test process.
    private static let starting = Task { try await PalestraSystem.start(replicas: ["scheduling": 2]) }

    private func withSystem(_ body: (PalestraSystem) async throws -> Void) async throws {
        try await explained(try await Self.starting.value, body)
    }

    /// A gym with sessions that three members have booked.
    private struct Scene {
        var gym: Gym
        var members: [Member]
        var sessions: [SessionID]
    }

    private func scene(on system: PalestraSystem, sessions count: Int = 2) async throws -> Scene {
        let gym = try await Gym.signUp(on: system)
        let (trainer, type) = (try await gym.trainer(), try await gym.classType())
        var members: [Member] = []
        for _ in 0..<3 { members.append(try await gym.member()) }
        var sessions: [SessionID] = []
        for index in 0..<count {
            let session = try await gym.session(type, trainer: trainer, in: Double(24 + index))
            for member in members { _ = try await gym.book(session.id, member.id) }
            sessions.append(session.id)
        }
        return Scene(gym: gym, members: members, sessions: sessions)
    }

    @Test(arguments: ["auth", "scheduling", "workouts", "billing", "notifications", "edge"])
    func aProcessDiesBetweenTheCallAndItsEffects(name: String) async throws {
        try await withSystem { system in
            let scene = try await scene(on: system)
            // Once right after the answer, when nothing has followed from it yet ...
            try await scene.gym.owner.call(CompleteSession(sessionID: scene.sessions[0]), body: .init())
            try await system.kill(name)
            try system.start(name)
            try await system.ready()
            // ... and once while the call is under way. The client repeats it, with its key, until it is answered.
            async let completed = scene.gym.owner.call(CompleteSession(sessionID: scene.sessions[1]), body: .init())
            try await system.kill(name)
            try system.start(name)
            #expect(try await completed.status == .completed)
            try await isWhole(system, scene)
        }
    }

    @Test func theBrokerDiesAndTheCallsGoOn() async throws {
        try await withSystem { system in
            let scene = try await scene(on: system, sessions: 3)
            let owner = scene.gym.owner
            try await owner.call(CompleteSession(sessionID: scene.sessions[0]), body: .init())
            try await system.servers.rabbit.kill()
            // Whoever calls does not notice.
            try await owner.call(CompleteSession(sessionID: scene.sessions[1]), body: .init())
            #expect(try await Caller(system).get("/readyz").status == 200)
            try await system.servers.rabbit.start()
            try await owner.call(CompleteSession(sessionID: scene.sessions[2]), body: .init())
            try await system.ready()
            try await isWhole(system, scene)
        }
    }

    @Test func theDatabaseDiesAndNothingThatWasSaidIsLost() async throws {
        try await withSystem { system in
            let scene = try await scene(on: system, sessions: 3)
            let owner = scene.gym.owner
            try await owner.call(CompleteSession(sessionID: scene.sessions[0]), body: .init())
            async let second = owner.call(CompleteSession(sessionID: scene.sessions[1]), body: .init())
            try await system.servers.postgres.kill()
            async let third = owner.call(CompleteSession(sessionID: scene.sessions[2]), body: .init())
            try await system.servers.postgres.start()
            #expect(try await second.status == .completed)
            #expect(try await third.status == .completed)
            try await system.ready()
            try await isWhole(system, scene)
        }
    }

    @Test func oneOfTwoReplicasDiesAndNobodyNotices() async throws {
        try await withSystem { system in
            let scene = try await scene(on: system)
            try await system.kill("scheduling.2")
            for session in scene.sessions { try await scene.gym.owner.call(CompleteSession(sessionID: session), body: .init()) }
            for _ in 0..<20 { try await scene.gym.raw.get("/v1/sessions").expect(200) }
            #expect(try await Caller(system).get("/readyz").status == 200)
            try system.start("scheduling.2")
            try await system.ready()
            try await isWhole(system, scene)
        }
    }

    /// A release: one replica after the other is asked to end and comes back. Clients are not told, and repeat nothing: what a replica
    /// no longer took from a kept connection the edge may send again, thanks to the key.
    @Test func aRollingRestartIsNotNoticed() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            let isOver = Switch()
            let (type, trainers) = (try await gym.classType(), [try await gym.trainer(), try await gym.trainer(), try await gym.trainer()])
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for trainer in trainers {
                    tasks.addTask {
                        var count = 0
                        while !isOver.isOn {
                            count += 1
                            let start = Moment.text(Date(timeIntervalSince1970: 2_000_000_000 + Double(count) * 3600))
                            try await gym.raw.post(
                                "/v1/sessions",
                                [
                                    "class_type_id": .string("\(type)"), "trainer_id": .string("\(trainer)"),
                                    "location_id": .string("\(gym.locationID)"), "starts_at": .string(start),
                                ], headers: ["Idempotency-Key": UUID().uuidString]
                            ).expect(201)
                            try await gym.raw.get("/v1/sessions?limit=5").expect(200)
                        }
                        return count
                    }
                }
                for name in ["scheduling", "scheduling.2"] {
                    await (try system.instance(name)).stop()
                    try system.start(name)
                    try await system.ready()
                    // Whoever refused the edge is left alone by it for a second: until then the other one must not go.
                    let start = ContinuousClock.now
                    try await eventually("the edge uses both again") { ContinuousClock.now - start > .milliseconds(1200) }
                }
                isOver.turnOn()
                let made = try await tasks.reduce(0, +)
                let stored = try await system.servers.sql(
                    "select count(*) from scheduling.sessions where organization_id = '\(gym.organizationID)'")
                #expect(stored == "\(made)")
            }
        }
    }

    /// Everything dies once while sessions are completed, and clients go on.
    @Test func aStormPasses() async throws {
        try await withSystem { system in
            let (names, servers) = (["billing", "scheduling", "workouts", "edge", "notifications", "scheduling.2", "auth"], system.servers)
            let deaths = names.map { name in
                { () async throws in
                    try await system.kill(name)
                    try system.start(name)
                }
            }
            let blows = deaths + [servers.postgres.kill, servers.rabbit.kill, servers.postgres.start, servers.rabbit.start]
            let scene = try await scene(on: system, sessions: blows.count)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (session, blow) in zip(scene.sessions, blows) {
                    tasks.addTask { try await scene.gym.owner.call(CompleteSession(sessionID: session), body: .init()) }
                    try await blow()
                }
                try await tasks.waitForAll()
            }
            try await system.ready()
            try await isWhole(system, scene)
        }
    }

    @Test func anEndedSessionStaysEndedWhenTheEdgeComesBack() async throws {
        try await withSystem { system in
            let member = try await Gym.signUp(on: system).member()
            try await member.raw.post("/v1/auth/logout").expect(204)
            try await eventually("the token is refused") { try await member.raw.get("/v1/bookings").status == 401 }
            for name in ["edge", "scheduling", "scheduling.2"] { try await system.kill(name) }
            for name in ["edge", "scheduling", "scheduling.2"] { try system.start(name) }
            try await system.ready()
            for _ in 0..<10 { try await member.raw.get("/v1/bookings").expect(401) }
        }
    }

    @Test("S4-49: whoever is signed in stays so when auth comes back") func whoeverIsSignedInStaysSo() async throws {
        try await withSystem { system in
            let member = try await Gym.signUp(on: system).member()
            try await system.kill("auth")
            try system.start("auth")
            try await system.ready()
            try await member.raw.get("/v1/me").expect(200)
            let next = try await Caller(system).post("/v1/auth/refresh", ["refresh_token": .string(member.tokens.refreshToken)]).expect(200)
            try await Caller(system, token: try next["access_token"]).get("/v1/me").expect(200)
        }
    }

    @Test func aServiceThatIsAwayIsSaidToBe() async throws {
        try await withSystem { system in
            let gym = try await Gym.signUp(on: system)
            try await system.kill("billing")
            let start = ContinuousClock.now
            let reply = try await gym.raw.get("/v1/invoices").expect(503, "unavailable")
            #expect(ContinuousClock.now - start < .seconds(25))
            #expect(Int(reply.headers["retry-after"] ?? "") ?? 0 >= 1)
            try await gym.raw.get("/v1/bookings").expect(200)
            try await eventually("the edge says so") {
                let ready = try await Caller(system).get("/readyz")
                return ready.status == 503 && ready.json["services"]?["billing"]?["status"] == "unavailable"
            }
            try system.start("billing")
            try await system.ready()
            try await gym.raw.get("/v1/invoices").expect(200)
        }
    }

    /// Everybody has one of each for each session, nothing is under way any more, and nothing was given up.
    private func isWhole(_ system: PalestraSystem, _ scene: Scene) async throws {
        let count = scene.sessions.count
        for member in scene.members {
            try await eventually("all effects") {
                async let invoices = member.client.call(ListInvoices()).data
                async let workouts = member.client.call(ListWorkouts(limit: 100)).data
                async let told = member.client.call(ListNotifications(limit: 100)).data
                let (lines, trained, kinds) = (try await invoices.flatMap(\.lines), try await workouts, try await told.map(\.kind))
                return lines.count >= count && trained.count >= count && kinds.count >= 2 * count
            }
        }
        try await eventually("outboxes and queues are empty") { try await isQuiet(system) }
        for member in scene.members {
            let lines = try await member.client.call(ListInvoices(limit: 100)).data.flatMap(\.lines)
            #expect(lines.compactMap(\.sessionID).sorted(by: later) == scene.sessions.sorted(by: later))
            let workouts = try await member.client.call(ListWorkouts(limit: 100)).data
            #expect(workouts.compactMap(\.sessionID).sorted(by: later) == scene.sessions.sorted(by: later))
            let kinds = try await member.client.call(ListNotifications(limit: 100)).data.map(\.kind)
            #expect(kinds.filter { $0 == .sessionCompleted }.count == count && kinds.filter { $0 == .bookingConfirmed }.count == count)
            #expect(kinds.count == 2 * count)
        }
    }

    private func later(_ left: SessionID, _ right: SessionID) -> Bool { left.description < right.description }

    private func isQuiet(_ system: PalestraSystem) async throws -> Bool {
        let outboxes = PalestraSystem.services.map { "select count(*) from \($0).outbox where published_at is null" }
        let inboxes = ["scheduling", "workouts", "billing", "notifications"].map {
            "select count(*) from \($0).inbox where state <> 'done'"
        }
        let counts = try await system.servers.sql((outboxes + inboxes).joined(separator: ";\n") + ";")
        let messages = try await system.servers.messages()
        let dead = messages.filter { $0.key.hasSuffix(".dead") && $0.value > 0 }
        try #require(dead.isEmpty, "dead letters: \(dead)")
        let left = messages.filter { $0.key.contains(".main") && $0.value > 0 }
        guard counts.split(separator: "\n").allSatisfy({ $0 == "0" }), left.isEmpty else {
            throw Unexpected("outboxes and inboxes hold \(counts.replacing("\n", with: " ")), queues \(left)")
        }
        return true
    }
}
