import AuthContract
import ContractKit
import SchedulingContract
import WorkoutsContract

/// What apps show.
struct ReadSteps {
    let calls: Calls
    let tenant: Tenant
    let base: Tenant.Base

    func read() async throws {
        switch Int.random(in: 0..<4) {
        case 0: _ = await calls.make(ListSessions(limit: 20), "timetable", of: tenant, as: base.owner)
        case 1: _ = await calls.make(ListMembers(limit: 20), "people", of: tenant, as: base.owner)
        case 2: _ = await calls.make(ListExercises(limit: 20), "exercises", of: tenant, as: base.owner)
        default:
            guard let session = tenant.change({ $0.open.randomElement()?.id }) else { return }
            _ = await calls.make(ListSessionBookings(sessionID: session), "attendees", of: tenant, as: base.owner)
        }
    }
}
