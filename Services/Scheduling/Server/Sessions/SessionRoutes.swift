import ContractKit
import Foundation
import Postgres
import SchedulingContract
import ServiceKit

enum SessionRoutes {
    static var all: [Endpoint] {
        [
            .handle(CreateSession.self) { call, tx in
                let (organizationID, body) = (try call.caller.organizationID, call.body)
                try call.caller.requireWork(at: body.locationID)
                let copies = ReadCopyStore(organizationID: organizationID, tx: tx)
                guard let organization = try await copies.organization() else { throw Problem(.unavailable, retryAfter: 1) }
                let classType = try await ClassTypeStore(organizationID: organizationID, tx: tx).find(body.classTypeID)
                let (trainer, location) = (try await copies.person(body.trainerID), try await copies.location(body.locationID))
                let engagement = try await copies.engagement(of: body.trainerID, at: body.locationID)
                let session: Session
                do throws(Problem) {
                    session = try SessionRules.plan(
                        body, id: SessionID(now: call.now), classType: classType, trainer: trainer, location: location,
                        engagement: engagement, organization: organization, now: call.now)
                } catch {
                    // Both may have been added just before.
                    throw error.awaiting(
                        trainer == nil ? body.trainerID.madeAt : nil, location == nil ? body.locationID.madeAt : nil, now: call.now)
                }
                try await SessionStore(organizationID: organizationID, tx: tx).insert(session)
                return session
            },
            .handle(ListSessions.self) { call, tx in
                let limit = call.input.limit ?? .standard
                tx.commitWithNext()
                let rows = try await SessionStore(organizationID: try call.caller.organizationID, tx: tx)
                    .list(call.input, after: try call.input.cursor?.momentAndID(), count: limit.rawValue + 1)
                return Page(rows: rows, limit: limit) { Cursor($0.startsAt, $0.id) }
            },
            .handle(GetSession.self) { call, tx in
                let sessions = SessionStore(organizationID: try call.caller.organizationID, tx: tx)
                tx.commitWithNext()
                guard let session = try await sessions.find(call.input.sessionID) else { throw Problem.notFound }
                return session
            },
        ]
    }
}
