import ContractKit
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Postgres

/// What a service knows of the broker.
public enum BrokerState: String, Sendable {
    case connected
    /// Not fatal: events wait in the outbox, reactions wait in their queue.
    case away
    /// The topology is not as declared: what is published could get lost.
    case undeclared
}

/// Whether the process lives, and whether it can do its work.
struct Health: Sendable {
    let database: Database
    /// What the broker's side says of itself; nil when the service says and hears nothing.
    let broker: (@Sendable () async -> BrokerState)?

    /// Asks no neighbour: a database outage must not make an orchestrator restart every replica.
    var alive: Response { Self.response(.ok, ["status": "alive"]) }

    func ready() async -> Response {
        let isReachable = await database.isReachable(within: .seconds(2))
        let broker = await broker?()
        var members: [String: JSONValue] = [
            "status": .string(!isReachable ? "unavailable" : broker == nil || broker == .connected ? "ready" : "degraded"),
            "database": .string(isReachable ? "reachable" : "away"),
        ]
        if let broker { members["broker"] = .string(broker.rawValue) }
        return Self.response(isReachable ? .ok : .serviceUnavailable, .object(members))
    }

    private static func response(_ status: HTTPResponse.Status, _ value: JSONValue) -> Response {
        let body = (try? JSON.encode(value)) ?? .init()
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
