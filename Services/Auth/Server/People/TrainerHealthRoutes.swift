import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var trainerHealthEndpoints: [Endpoint] {
        [Endpoint.handle(GetTrainerHealth.self, getTrainerHealth), Endpoint.handle(PutTrainerHealth.self, putTrainerHealth)]
    }

    @Sendable private func getTrainerHealth(_ call: Call<GetTrainerHealth>, _ tx: Transaction) async throws -> TrainerHealth {
        let caller = try call.caller
        let id = call.input.trainerID
        guard try await people.find(caller.organizationID, id, as: .trainer, in: tx) != nil else { throw Problem.notFound }
        guard caller.scope == .organization || id == caller.personID else { throw Problem(.forbidden) }
        return TrainerHealth(trainerID: id, healthInfo: try await people.healthInfo(of: id, caller.organizationID, in: tx))
    }

    @Sendable private func putTrainerHealth(_ call: Call<PutTrainerHealth>, _ tx: Transaction) async throws -> TrainerHealth {
        let trainer = try await trainer(call.input.trainerID, call, in: tx)
        try await people.write(call.body.healthInfo, of: trainer, in: tx)
        return TrainerHealth(trainerID: trainer.personID, healthInfo: call.body.healthInfo)
    }
}

extension PersonStore {
    func healthInfo(of trainer: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> Paragraph? {
        struct Row: Decodable, Sendable { var healthInfo: Data? }
        let row: Row? = try await tx.first(
            "select health_info from trainer_profiles where organization_id = \(organization) and person_id = \(trainer)")
        guard let sealed = row?.healthInfo else { return nil }
        return Paragraph(rawValue: try await seal(of: trainer, organization, in: tx).open(sealed, "health_info"))
    }

    func write(_ healthInfo: Paragraph, of trainer: PersonRecord, in tx: Transaction) async throws {
        let (organization, id) = (trainer.organizationID, trainer.personID)
        let sealed = try await seal(of: id, organization, in: tx).seal(healthInfo.rawValue, "health_info")
        try await tx.execute(
            "update trainer_profiles set health_info = \(sealed) where organization_id = \(organization) and person_id = \(id)")
    }
}
