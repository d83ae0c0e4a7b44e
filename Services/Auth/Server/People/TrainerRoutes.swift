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
            Endpoint.handle(UpdateTrainer.self, updateTrainer),
            Endpoint.handle(DeleteTrainer.self, deleteTrainer),
        ]
    }

    @Sendable private func hashTrainersPassword(_ call: Call<CreateTrainer>) async throws -> PasswordHash? {
        try Self.check(call.body.specializations, "specializations")
        try Self.check(call.body.certifications, "certifications")
        guard let password = call.body.password else { return nil }
        return try await hash(chosen: password, for: call.body.email, in: call.caller.organizationID, from: call.address)
    }

    @Sendable private func createTrainer(
        _ call: Call<CreateTrainer>, _ password: PasswordHash?, _ tx: Transaction
    ) async throws -> Trainer {
        let trainer = PersonRecord(
            organizationID: try call.caller.organizationID, personID: PersonID(now: call.now), accountID: nil, roles: [.trainer],
            locationIDs: PersonLocationRules.given(by: try call.caller.locationIDs), fullName: call.body.fullName, email: call.body.email,
            phone: call.body.phone,
            trainerProfile: TrainerProfile(
                specializations: call.body.specializations ?? [], certifications: call.body.certifications ?? [], bio: call.body.bio,
                experience: call.body.experience, businessName: call.body.businessName, licenseNumber: call.body.licenseNumber,
                settings: call.body.settings ?? .empty), now: call.now)
        return try await join(trainer, password: password, now: call.now, in: tx).trainer(showingContact: true)
    }

    @Sendable private func listTrainers(_ call: Call<ListTrainers>, _ tx: Transaction) async throws -> Page<Trainer> {
        let caller = try call.caller
        let limit = call.input.limit ?? .standard
        let filter = PersonFilter(
            role: .trainer, query: call.input.query, specialization: call.input.specialization, certification: call.input.certification,
            engagedAt: try await day(at: call.input.locationID, call, in: tx))
        let found = try await people.list(filter, in: caller.organizationID, cursor: call.input.cursor, limit: limit, tx: tx)
        return Page(rows: found.map { $0.trainer(showingContact: caller.readsContact(of: $0)) }, limit: limit) { Cursor($0.id) }
    }

    @Sendable private func getTrainer(_ call: Call<GetTrainer>, _ tx: Transaction) async throws -> Trainer {
        let caller = try call.caller
        guard let trainer = try await people.find(caller.organizationID, call.input.trainerID, as: .trainer, in: tx) else {
            throw Problem.notFound
        }
        return trainer.trainer(showingContact: caller.readsContact(of: trainer))
    }

    @Sendable private func updateTrainer(_ call: Call<UpdateTrainer>, _ tx: Transaction) async throws -> Trainer {
        try Self.check(call.body.specializations, "specializations")
        try Self.check(call.body.certifications, "certifications")
        let before = try await trainer(call.input.trainerID, call, in: tx)
        return try await save(before.changed(by: call.body), before, call, in: tx).trainer(showingContact: true)
    }

    @Sendable private func deleteTrainer(_ call: Call<DeleteTrainer>, _ tx: Transaction) async throws -> NoContent {
        let trainer = try await trainer(call.input.trainerID, call, in: tx)
        try trainer.check(call.expectedVersion)
        guard trainer.roles == [.trainer] else { throw Problem(.hasOtherRoles) }
        return try await remove(trainer, call, in: tx)
    }

    /// - Throws: ``Problem`` `.notFound`; `.forbidden` for other trainers, who know of each other but do not change each other.
    func trainer<O>(_ id: PersonID, _ call: Call<O>, in tx: Transaction) async throws -> PersonRecord {
        let caller = try call.caller
        guard let trainer = try await people.find(caller.organizationID, id, as: .trainer, locked: true, in: tx) else {
            throw Problem.notFound
        }
        guard caller.scope == .organization || id == caller.personID else { throw Problem(.forbidden) }
        return trainer
    }

    private static func check(_ list: [Line]?, _ name: String) throws {
        if list?.count ?? 0 > 50 { throw Problem.invalid("#/\(name)", "must be at most 50") }
    }

    /// A location, and which day it is there; nil when none is asked for.
    ///
    /// - Throws: ``Problem`` `.validation` when there is no such location.
    private func day(
        at location: LocationID?, _ call: Call<ListTrainers>, in tx: Transaction
    ) async throws -> (location: LocationID, day: LocalDay)? {
        guard let location else { return nil }
        guard let place = try await locations.find(call.caller.organizationID, location, in: tx) else {
            throw Problem.invalid("?location_id", "must be one of the organization's locations")
        }
        return (location, LocalDay(call.now, in: place.timeZone.timeZone))
    }
}

extension Caller {
    /// Everybody sees who trains here; how to reach them privately only those who run the place, and they themselves.
    fileprivate func readsContact(of person: PersonRecord) -> Bool {
        person.personID == personID || roles.contains { $0.permissions.contains(.readPeople) }
    }
}
