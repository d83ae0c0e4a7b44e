import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var engagementEndpoints: [Endpoint] {
        [
            Endpoint.handle(EngageTrainer.self, engageTrainer),
            Endpoint.handle(ListEngagements.self, listEngagements),
            Endpoint.handle(UpdateEngagement.self, updateEngagement),
        ]
    }

    @Sendable private func engageTrainer(_ call: Call<EngageTrainer>, _ tx: Transaction) async throws -> Engagement {
        let (trainer, body) = (try await trainer(call.input.trainerID, call, in: tx), call.body)
        guard try await locations.find(trainer.organizationID, body.locationID, in: tx) != nil else {
            throw Problem.invalid("#/location_id", "must be one of the organization's locations")
        }
        let engagement = Engagement(
            id: EngagementID(now: call.now), trainerID: trainer.personID, locationID: body.locationID, role: body.role ?? .contractor,
            status: .active, startsOn: body.startsOn, endsOn: body.endsOn, version: 1)
        try engagement.checkDays()
        try await engagements.insert(engagement, trainer.organizationID, now: call.now, in: tx)
        return engagement
    }

    @Sendable private func listEngagements(_ call: Call<ListEngagements>, _ tx: Transaction) async throws -> Engagements {
        let (caller, id) = (try call.caller, call.input.trainerID)
        guard try await people.find(caller.organizationID, id, as: .trainer, in: tx) != nil else { throw Problem.notFound }
        guard caller.scope == .organization || id == caller.personID else { throw Problem(.forbidden) }
        return Engagements(data: try await engagements.list(caller.organizationID, of: id, in: tx))
    }

    @Sendable private func updateEngagement(_ call: Call<UpdateEngagement>, _ tx: Transaction) async throws -> Engagement {
        let (organization, body) = (try call.caller.organizationID, call.body)
        guard let before = try await engagements.hold(organization, call.input.engagementID, of: call.input.trainerID, in: tx) else {
            throw Problem.notFound
        }
        try before.check(call.expectedVersion)
        var after = before
        after.role = body.role ?? before.role
        after.status = body.status ?? before.status
        after.startsOn = body.startsOn ?? before.startsOn
        after.endsOn = body.endsOn ?? before.endsOn
        try after.checkDays()
        guard after != before else { return before }
        return try await engagements.save(after, organization, now: call.now, in: tx)
    }
}

extension Engagement {
    fileprivate func checkDays() throws(Problem) {
        if let endsOn, endsOn < startsOn { throw Problem.invalid("#/ends_on", "must not lie before starts_on") }
    }
}
