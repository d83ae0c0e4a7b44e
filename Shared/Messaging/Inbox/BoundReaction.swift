import ContractKit
import Foundation
import Postgres

/// A reaction without its type: what the consumer keeps a list of.
struct BoundReaction: Sendable {
    typealias Work = @Sendable (Occasion, Transaction) async throws -> Void

    let name: String
    let type: String
    /// Reads the event's bytes before any transaction begins. - Throws: `DecodingError`.
    let read: @Sendable (Data) throws -> (header: EventHeader, work: Work)
    /// What the audit log says of its changes.
    var origin: Origin { Self.origin(of: name) }

    init<R: Reaction>(_ reaction: R) {
        name = R.name
        type = R.Heard.type
        read = { bytes in
            let envelope = try JSON.decode(EventEnvelope<R.Heard>.self, from: bytes)
            return (envelope.header, { occasion, tx in try await reaction.react(to: envelope.data, occasion, in: tx) })
        }
    }
}

extension BoundReaction {
    static func origin(of name: String) -> Origin { Origin(by: "reaction:\(name)") }
}

/// A listener without its type.
struct BoundListener: Sendable {
    let type: String
    /// - Throws: `DecodingError`.
    let hear: @Sendable (Data, Occasion) async throws -> Void

    init<L: Listener>(_ listener: L) {
        type = L.Heard.type
        hear = { bytes, occasion in
            await listener.heard(try JSON.decode(EventEnvelope<L.Heard>.self, from: bytes).data, occasion)
        }
    }
}
