import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var trainerEndpoints: [Endpoint] {
        [
            Endpoint.handle(CreateTrainer.self, preparing: hashTrainersPassword, createTrainer),
            Endpoint.handle(ListTrainers.self, listTrainers),
            Endpoint.handle(GetTrainer.self, getTrainer),
        ]
    }

    @Sendable private func hashTrainersPassword(_ call: Call<CreateTrainer>) async throws -> PasswordHash? {
        if call.body.specializations?.count ?? 0 > 50 { throw Problem.invalid("#/specializations", "must be at most 50") }
        guard let password = call.body.password else { return nil }
        return try await passwords.hash(password.rawValue, from: NetworkPlace(call.address))
    }

    @Sendable private func createTrainer(
        _ call: Call<CreateTrainer>, _ password: PasswordHash?, _ tx: Transaction
    ) async throws -> Trainer {
        let trainer = PersonRecord(
            organizationID: try call.caller.organizationID, personID: PersonID(now: call.now), accountID: nil, roles: [.trainer],
            fullName: call.body.fullName, email: call.body.email, phone: call.body.phone,
            specializations: call.body.specializations ?? [], now: call.now)
        return try await join(trainer, password: password, now: call.now, in: tx).trainer(showingContact: true)
    }

    @Sendable private func listTrainers(_ call: Call<ListTrainers>, _ tx: Transaction) async throws -> Page<Trainer> {
        let caller = try call.caller
        let limit = call.input.limit ?? .standard
        let found = try await people.list(
            .trainer, in: caller.organizationID, query: call.input.query, cursor: call.input.cursor, limit: limit, tx: tx)
        return Page(rows: found.map { $0.trainer(showingContact: caller.readsContact(of: $0)) }, limit: limit) { Cursor($0.id) }
    }

    @Sendable private func getTrainer(_ call: Call<GetTrainer>, _ tx: Transaction) async throws -> Trainer {
        let caller = try call.caller
        guard let trainer = try await people.find(caller.organizationID, call.input.trainerID, as: .trainer, in: tx) else {
            throw Problem.notFound
        }
        return trainer.trainer(showingContact: caller.readsContact(of: trainer))
    }
}

extension Caller {
    /// Everybody sees who trains here; how to reach them privately only those who run the place, and they themselves.
    fileprivate func readsContact(of person: PersonRecord) -> Bool {
        person.personID == personID || roles.contains { $0.permissions.contains(.readPeople) }
    }
}
