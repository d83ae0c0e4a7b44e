import ContractKit
import Foundation
import NIOCore
import NIOPosix
import ServiceKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct PatienceTests {
    struct Wait: APIOperation {
        static let route = Route.post("/v1/waits")
        static let summary = "Wait"
        static let access: Access = .everyone
        struct Body: OptionalBody { var seconds: Rating? }
        typealias Output = NoContent
    }

    /// Says when its work begins and when it is cancelled.
    private func waiting(begun: Signal, cancelled: Signal) -> Endpoint {
        .handle(
            Wait.self,
            preparing: { _ in
                await begun.give()
                do { try await Task.sleep(for: .seconds(60)) } catch {
                    await cancelled.give()
                    throw error
                }
            }
        ) { _, _, _ in NoContent() }
    }

    @Test func `A body that comes too slowly is a 408, and the connection ends`() async throws {
        var limits = ServerLimits()
        limits.bodyTime = .milliseconds(200)
        try await ToyShop.open(limits: limits) { (shop) async throws in
            let text = try await RawConnection.exchange(
                shop.service.port,
                "POST /v1/greetings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"na")
            #expect(text.hasPrefix("HTTP/1.1 408"), "\(text)")
        }
    }

    @Test func `A handler that takes too long is a 503 and is cancelled`() async throws {
        var limits = ServerLimits()
        limits.workingTime = .milliseconds(200)
        let (begun, cancelled) = (Signal(), Signal())
        try await ToyShop.open([waiting(begun: begun, cancelled: cancelled)], limits: limits) { (shop) async throws in
            let answer = try await shop.service.request("POST", "/v1/waits")
            #expect(answer.status == 503)
            #expect(try answer.problem.isA(.unavailable))
            await cancelled.wait()
        }
    }

    @Test func `The edge's deadline shortens ours`() async throws {
        let (begun, cancelled) = (Signal(), Signal())
        try await ToyShop.open([waiting(begun: begun, cancelled: cancelled)]) { (shop) async throws in
            let answer = try await shop.service.request("POST", "/v1/waits", headers: ["Request-Timeout-Ms": "150"])
            #expect(answer.status == 503)
            await cancelled.wait()
        }
    }

    @Test func `A statement that takes too long gives its connection back`() async throws {
        var limits = ServerLimits()
        limits.workingTime = .milliseconds(300)
        try await ToyShop.open(limits: limits) { (shop) async throws in
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await shop.service.request(
                            "POST", "/v1/provocations", token: shop.owner, json: #"{"statement":"perform pg_sleep(20)"}"#
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0 == 503 })
            #expect(try await shop.service.request("GET", "/v1/toys", token: shop.owner).status == 200)
        }
    }

    @Test func `When the client leaves, its work ends`() async throws {
        let (begun, cancelled) = (Signal(), Signal())
        try await ToyShop.open([waiting(begun: begun, cancelled: cancelled)]) { (shop) async throws in
            try await RawConnection.open(shop.service.port) { _, outbound in
                try await outbound.write(ByteBuffer(string: "POST /v1/waits HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"))
                await begun.wait()
            }
            await cancelled.wait()
        }
    }

    @Test func `A client that says nothing is let go`() async throws {
        var limits = ServerLimits()
        limits.idleTime = .milliseconds(200)
        try await ToyShop.open(limits: limits) { (shop) async throws in
            for bytes in ["", "GET /livez HTTP/1.1\r\nHo"] {
                let text = try await RawConnection.open(shop.service.port) { inbound, outbound in
                    if !bytes.isEmpty { try await outbound.write(ByteBuffer(string: bytes)) }
                    var received = ""
                    for try await part in inbound { received += String(buffer: part) }
                    return received
                }
                #expect(text.isEmpty)
            }
        }
    }

    /// Without the guard this test would not end: a server that stops waits for what it still has to send.
    @Test func `A client that does not take its answer is let go`() async throws {
        var limits = ServerLimits()
        limits.stallTime = .milliseconds(200)
        let begun = Signal()
        let endpoint = Endpoint.handle(Flood.self) { _, _ in
            await begun.give()
            return Flood.Output(text: String(repeating: "x", count: 64 << 20))
        }
        let channel = try await ToyShop.open([endpoint], limits: limits) { (shop) async throws in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false).connect(host: "127.0.0.1", port: shop.service.port).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET /v1/flood HTTP/1.1\r\nHost: x\r\n\r\n")).get()
            await begun.wait()
            return channel
        }
        try await channel.close()
    }

    struct Flood: APIOperation {
        static let route = Route.get("/v1/flood")
        static let summary = "Send more than anybody reads"
        static let access: Access = .everyone
        struct Output: Codable, Sendable { var text: String }
    }

    @Test func `What an event will bring is waited for, outside of any transaction`() async throws {
        let tries = Tries()
        let endpoint = Endpoint.handle(GetToy.self) { call, tx in
            guard await tries.next() >= 4 else { throw Problem.notFound.awaiting(nil, call.input.toyID.madeAt, now: call.now) }
            return Toy(id: call.input.toyID, name: "Here", weight: 1, version: 1)
        }
        try await withDatabase(.billing) { lent in
            let service = try await TestKeys.make()
            try await withEndpoints(named: "billing", [endpoint], database: lent.open(), keys: service) { service in
                let token = try await service.token(roles: [.owner], organization: OrganizationID())
                #expect(try await service.call(GetToy(toyID: ToyID()), token: token).name == "Here")
                #expect(await tries.count == 4)
                // Made long ago, or not by a clock at all: nothing will come.
                for id in [
                    ToyID(now: Date(timeIntervalSinceNow: -40)), ToyID(now: Date(timeIntervalSinceNow: 40)), ToyID(rawValue: UUID()),
                ] {
                    await tries.begin()
                    #expect(try await refusal { try await service.call(GetToy(toyID: id), token: token) }?.status == 404)
                    #expect(await tries.count == 1)
                }
            }
        }
    }

    @Test func `What does not come is refused when patience is over`() async throws {
        let tries = Tries()
        let endpoint = Endpoint.handle(GetToy.self) { call, _ in
            _ = await tries.next()
            throw Problem.notFound.awaiting(call.input.toyID.madeAt, now: call.now)
        }
        try await withDatabase(.billing) { lent in
            try await withEndpoints(named: "billing", [endpoint], database: lent.open(), keys: TestKeys.make()) { service in
                let token = try await service.token(roles: [.owner], organization: OrganizationID())
                #expect(try await refusal { try await service.call(GetToy(toyID: ToyID()), token: token) }?.status == 404)
                #expect(await tries.count > 4)
            }
        }
    }

    actor Tries {
        var count = 0
        func begin() { count = 0 }
        func next() -> Int {
            count += 1
            return count
        }
    }
}
