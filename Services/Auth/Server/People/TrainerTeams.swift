import AuthContract
import ContractKit
import Postgres

extension PersonStore {
    /// How many steps there may be from a trainer to the lead who is under nobody.
    static let deepestTeam = 20

    /// Everybody below a trainer, the nearest first.
    func team(of trainer: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> [TeamMate] {
        struct Row: Decodable, Sendable {
            var personID: PersonID
            var parentID: PersonID
            var depth: Int
        }
        let rows: [Row] = try await tx.query(
            """
            with recursive below (person_id, parent_id, depth) as (
                select person_id, parent_id, 1 from trainer_profiles where organization_id = \(organization) and parent_id = \(trainer)
                union all
                select t.person_id, t.parent_id, b.depth + 1
                from below b join trainer_profiles t on t.organization_id = \(organization) and t.parent_id = b.person_id
                where b.depth <= \(Self.deepestTeam))
            select person_id, parent_id, depth from below order by depth, person_id
            """)
        let people = try await list(rows.map(\.personID), in: organization, tx: tx)
        let names = Dictionary(uniqueKeysWithValues: people.map { ($0.personID, $0.fullName) })
        return rows.compactMap { row in
            names[row.personID].map { TeamMate(trainerID: row.personID, fullName: $0, parentTrainerID: row.parentID, depth: row.depth) }
        }
    }

    func directlyBelow(_ trainer: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws -> [PersonID] {
        try await tx.query(
            "select person_id from trainer_profiles where organization_id = \(organization) and parent_id = \(trainer) order by person_id")
    }

    /// - Throws: ``Problem`` `.validation` when there is no such trainer, when they are below `trainer` themselves, or when the way up is
    ///   too long.
    func checkLead(_ lead: PersonID, of trainer: PersonID, _ organization: OrganizationID, in tx: Transaction) async throws {
        let pointer = "#/parent_trainer_id"
        guard try await find(organization, lead, as: .trainer, in: tx) != nil else {
            throw Problem.invalid(pointer, "must be a trainer of the organization")
        }
        let upwards: [PersonID] = try await tx.query(
            """
            with recursive up (person_id, parent_id, step) as (
                select person_id, parent_id, 1 from trainer_profiles where organization_id = \(organization) and person_id = \(lead)
                union all
                select t.person_id, t.parent_id, up.step + 1
                from up join trainer_profiles t on t.organization_id = \(organization) and t.person_id = up.parent_id
                where up.step <= \(Self.deepestTeam))
            select person_id from up
            """)
        if upwards.contains(trainer) { throw Problem.invalid(pointer, "must not be under the trainer themselves") }
        if upwards.count >= Self.deepestTeam { throw Problem.invalid(pointer, "is under too many already") }
    }
}
