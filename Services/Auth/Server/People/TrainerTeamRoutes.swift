import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var trainerTeamEndpoints: [Endpoint] {
        [
            Endpoint.handle(SetParentTrainer.self, setParentTrainer),
            Endpoint.handle(RemoveParentTrainer.self, removeParentTrainer),
            Endpoint.handle(ListTeam.self, listTeam),
        ]
    }

    @Sendable private func setParentTrainer(_ call: Call<SetParentTrainer>, _ tx: Transaction) async throws -> Trainer {
        let organization = try call.caller.organizationID
        // Two that are put under each other at once would make a circle that neither can see.
        try await organizations.lock(organization, in: tx)
        let before = try await trainer(call.input.trainerID, call, in: tx)
        try await people.checkLead(call.body.parentTrainerID, of: before.personID, organization, in: tx)
        var after = before
        after.trainerProfile.parentID = call.body.parentTrainerID
        return try await save(after, before, call, in: tx).trainer(showingContact: true)
    }

    @Sendable private func removeParentTrainer(_ call: Call<RemoveParentTrainer>, _ tx: Transaction) async throws -> Trainer {
        let before = try await trainer(call.input.trainerID, call, in: tx)
        var after = before
        after.trainerProfile.parentID = nil
        return try await save(after, before, call, in: tx).trainer(showingContact: true)
    }

    /// - Throws: ``Problem`` `.forbidden` for trainers who ask for another one's team.
    @Sendable private func listTeam(_ call: Call<ListTeam>, _ tx: Transaction) async throws -> ListTeam.Output {
        let caller = try call.caller
        guard let trainer = try await people.find(caller.organizationID, call.input.trainerID, as: .trainer, in: tx) else {
            throw Problem.notFound
        }
        guard caller.scope == .organization || trainer.personID == caller.personID else { throw Problem(.forbidden) }
        return ListTeam.Output(data: try await people.team(of: trainer.personID, trainer.organizationID, in: tx))
    }
}
