import ContractKit
import Messaging
import SchedulingContract
import ServiceKit

enum SessionOutcomeRoutes {
    static var all: [Endpoint] {
        [
            .handle(CompleteSession.self) { call, tx in
                let (caller, id) = (try call.caller, call.input.sessionID)
                let outcomes = SessionOutcomeStore(organizationID: caller.organizationID, tx: tx)
                guard let session = try await SessionStore(organizationID: caller.organizationID, tx: tx).lock(id) else {
                    throw Problem.notFound
                }
                try SessionRules.requireMayRun(session, caller.personID, caller.scope)
                try SessionRules.requireScheduled(session, version: call.expectedVersion)
                let roll = try Roll(of: try await outcomes.confirmed(in: id), call.body.attendance ?? [])
                let completed = try await outcomes.complete(id, absent: roll.absent.map(\.id), now: call.now)
                try await tx.emit(completed.completed(in: caller.organizationID, attended: roll.attended))
                return completed
            },
            .handle(CancelSession.self) { call, tx in
                let (caller, id) = (try call.caller, call.input.sessionID)
                let outcomes = SessionOutcomeStore(organizationID: caller.organizationID, tx: tx)
                guard let session = try await SessionStore(organizationID: caller.organizationID, tx: tx).lock(id) else {
                    throw Problem.notFound
                }
                try SessionRules.requireMayRun(session, caller.personID, caller.scope)
                try SessionRules.requireScheduled(session, version: call.expectedVersion)
                let memberIDs = try await outcomes.cancelBookings(of: id, now: call.now)
                let cancelled = try await outcomes.cancel(id, reason: call.body.reason, now: call.now)
                try await tx.emit(cancelled.cancelled(in: caller.organizationID, memberIDs: memberIDs))
                return cancelled
            },
        ]
    }
}
