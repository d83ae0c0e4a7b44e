import AuthContract
import BillingContract
import ContractKit
import Messaging
import NotificationsContract
import Postgres
import SchedulingContract
import WorkoutsContract

/// A service has erased somebody: its answer is noted, and the last one ends the request.
struct OnPersonErased<Service: ServiceContract>: Reaction {
    static var name: String { "auth.on-\(Service.name)-person-erased" }
    let requests: ErasureRequestStore

    func react(to event: PersonErased<Service>, _ occasion: Occasion, in tx: Transaction) async throws {
        guard let service = ErasingService(rawValue: Service.name) else { return }
        try await requests.note(
            event.deeds, by: service, to: event.erasureRequestID, event.organizationID, at: occasion.time, in: tx)
    }
}

extension AuthParts {
    var erasureReactions: [any Reaction] {
        [
            OnErasureRequested(parts: self),
            OnPersonErased<SchedulingContract>(requests: erasureRequests),
            OnPersonErased<WorkoutsContract>(requests: erasureRequests),
            OnPersonErased<BillingContract>(requests: erasureRequests),
            OnPersonErased<NotificationsContract>(requests: erasureRequests),
        ]
    }
}
