import ContractKit
import Foundation
import SchedulingContract
import ServiceKit

enum SessionRoutes {
    static func all(_ arrivals: Arrivals) -> [Endpoint] {
        [
            .handle(CreateSession.self) { call in
                // The trainer and the location may have been added just before.
                let organizationID = try call.caller.organizationID
                try await arrivals.person(call.body.trainerID, of: organizationID, now: call.now)
                try await arrivals.location(call.body.locationID, of: organizationID, now: call.now)
            } _: { call, _, tx in
                let (organizationID, body) = (try call.caller.organizationID, call.body)
                let copies = ReadCopyStore(organizationID: organizationID, tx: tx)
                guard let organization = try await copies.organization() else { throw Problem(.unavailable, retryAfter: 1) }
                let session = try SessionRules.plan(
                    body, id: SessionID(now: call.now),
                    classType: try await ClassTypeStore(organizationID: organizationID, tx: tx).find(body.classTypeID),
                    trainer: try await copies.person(body.trainerID), location: try await copies.location(body.locationID),
                    organization: organization, now: call.now)
                try await SessionStore(organizationID: organizationID, tx: tx).insert(session)
                return session
            },
            .handle(ListSessions.self) { call, tx in
                let limit = call.input.limit ?? .standard
                let rows = try await SessionStore(organizationID: try call.caller.organizationID, tx: tx)
                    .list(call.input, after: try call.input.cursor?.momentAndID(), count: limit.rawValue + 1)
                return Page(rows: rows, limit: limit) { Cursor($0.startsAt, $0.id) }
            },
            .handle(GetSession.self) { call, tx in
                let sessions = SessionStore(organizationID: try call.caller.organizationID, tx: tx)
                guard let session = try await sessions.find(call.input.sessionID) else { throw Problem.notFound }
                return session
            },
        ]
    }
}
