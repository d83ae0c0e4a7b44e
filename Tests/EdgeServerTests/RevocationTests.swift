import AuthContract
import ContractKit
import Foundation
import Logging
import Messaging
import NIOHTTP1
import ServiceKit
import ServiceLifecycle
import TestSupport
import Testing

@testable import EdgeServer

@Suite(.serialized) struct RevocationTests {
    @Test func anEndedSessionIsRefusedFromItsEventOn() async throws {
        let service = try await TestService()
        try await withBroker { broker in
            let configuration = try Installation(service: "edge", settings: Settings(["AMQP_URL": broker.url])).broker()
            var logger = Logger(label: "edge-tests")
            logger.logLevel = .error
            try await Topology(service: AuthContract.self, hears: []).declare(configuration, settle: .milliseconds(100), logger: logger)
            try await withEdge([service.address]) { edge in
                let (session, path) = (LoginSessionID(), "/v1/things/\(OrganizationID())")
                let token = try edge.signer.token(session: session)
                #expect(try await edge.call(.GET, path, token: token).status == 200)
                let event = LoginSessionEnded(
                    organizationID: OrganizationID(), loginSessionID: session, personID: PersonID(), reason: .loggedOut, version: 2)
                let messaging = MessagingService(listeners: [OnLoginSessionEnded(ended: edge.ended)], broker: configuration, logger: logger)
                let running = messaging.services.map { part in Task { try await part.run() } }
                #expect(await eventually { messaging.health.isConnected })
                try await publish(event, on: broker)
                #expect(await eventually { (try? await edge.call(.GET, path, token: token).status) == 401 })
                for task in running { task.cancel() }
                for task in running { _ = await task.result }
            }
        }
        await service.stop()
    }

    private func publish(_ event: LoginSessionEnded, on broker: TestBroker) async throws {
        let envelope = try JSON.encode(EventEnvelope(event, id: UUID(), time: Date(), traceparent: nil))
        let body = try JSONEncoder().encode(
            [
                "properties": ["delivery_mode": 2], "routing_key": .string(LoginSessionEnded.type), "payload_encoding": "string",
                "payload": .string(String(decoding: envelope, as: UTF8.self)),
            ] as JSONValue)
        try await broker.server.manage(
            "POST", "exchanges/\(broker.virtualHost)/palestra.events/publish", String(decoding: body, as: UTF8.self))
    }
}
