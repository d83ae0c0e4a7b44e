import ContractKit
import Foundation
import SchedulingContract

/// What happens on the timetable.
struct BookingSteps {
    let calls: Calls
    let tenant: Tenant
    let base: Tenant.Base

    /// The first hour of every timetable: far enough for bookings to stay open.
    private static let first = Date(timeIntervalSince1970: ((Date().timeIntervalSince1970 / 86_400).rounded(.up) + 1) * 86_400)

    func addSession() async throws {
        let (trainer, slot) = tenant.change { state in
            let trainer = Int.random(in: state.slots.indices)
            state.slots[trainer] += 1
            return (trainer, state.slots[trainer])
        }
        let body = CreateSession.Body(
            classTypeID: base.classType, trainerID: base.trainers[trainer], locationID: base.location,
            startsAt: Self.first.addingTimeInterval(Double(slot) * 1800))
        guard case .ok(let session) = await calls.make(CreateSession(), body: body, "session", of: tenant, as: base.owner) else { return }
        tenant.change { $0.open.append(.init(id: session.id)) }
    }

    func book() async throws {
        let chosen = tenant.change { state -> (SessionID, PersonID)? in
            guard let place = state.open.indices.randomElement(), let member = state.anyMember()?.id,
                state.open[place].taken.insert(member).inserted
            else { return nil }
            return (state.open[place].id, member)
        }
        guard let (session, member) = chosen else { return try await addSession() }
        let outcome = await calls.make(
            BookSession(sessionID: session), body: .init(memberID: member), "book", of: tenant, as: base.owner)
        guard case .ok(let booking) = outcome else { return }
        tenant.change { $0.bookings.append(booking.id) }
    }

    func cancel() async throws {
        let booking = tenant.change { state in
            state.bookings.indices.randomElement().map { state.bookings.remove(at: $0) }
        }
        guard let booking else { return }
        _ = await calls.make(CancelBooking(bookingID: booking), "cancel", of: tenant, as: base.owner)
    }

    /// The fullest of the open sessions is held.
    func complete() async throws {
        let session = tenant.change { state -> Tenant.Open? in
            guard let place = state.open.indices.max(by: { state.open[$0].taken.count < state.open[$1].taken.count }),
                !state.open[place].taken.isEmpty
            else { return nil }
            return state.open.remove(at: place)
        }
        guard let session else { return }
        let outcome = await calls.make(
            CompleteSession(sessionID: session.id), body: .init(), "complete", of: tenant, as: base.owner)
        guard case .ok = outcome else { return }
        tenant.change { state in
            state.attended += session.taken
            if state.attended.count > 400 { state.attended.removeFirst(state.attended.count - 400) }
        }
    }
}
