import AuthContract
import ContractKit
import FieldEncryption
import Foundation

/// Writes people: sealed in auth as auth seals them, and what the other services keep of them.
struct Newcomers {
    let tables: Tables
    let keys: Keys
    let now: Moment

    /// - Parameter mailbox: The part of the address before the organization's domain.
    func add(
        _ id: ID, to organization: Organization, name: String, mailbox: String, roles: [Role], at moment: Moment
    ) throws {
        let organizationID = organization.organizationID
        let personID = PersonID(rawValue: id.uuid)
        guard let email = EmailAddress(rawValue: "\(mailbox)@\(organization.slug).example") else {
            throw Failure("\(mailbox) is no mailbox")
        }
        let roleNames = roles.map(\.rawValue).sorted()
        let account = try addAccount(email, in: organization, at: moment)
        let (key, wrapped) = try keys.personKeys.make(organizationID, personID)
        let seal = PersonSeal(key: key, organizationID, personID)

        let people = tables.people
        try people.begin()
        people.id(organization.id)
        people.id(id)
        people.id(account)
        people.texts(roleNames)
        people.bytes(try seal.seal(name, "full_name"))
        people.bytes(try seal.seal(email.rawValue, "email"))
        people.bytes(keys.ring.blindIndex(email.normalized, purpose: "auth.people.email/\(organizationID)"))
        people.bytes(try seal.seal("+1416555\(1000 + organization.chance.below(9000))", "phone"))
        people.moment(now - organization.chance.between(0, 20 * .days))
        people.moment(moment)
        people.moment(moment)

        try tables.personKeys.begin()
        tables.personKeys.id(organization.id)
        tables.personKeys.id(id)
        tables.personKeys.bytes(wrapped)
        tables.personKeys.moment(moment)

        let grams = keys.ring.blindIndexes(NameGrams.kept(of: name).sorted(), purpose: "auth.people.full_name/\(organizationID)")
        for gram in grams {
            try tables.nameGrams.begin()
            tables.nameGrams.id(organization.id)
            tables.nameGrams.bytes(gram)
            tables.nameGrams.id(id)
        }
        try addProfiles(id, organization, roles, at: moment)
        try addLoginSession(id, account, organization, key, isMember: roles == [.member])
        try addCopies(id, organization, roleNames, name: name, email: email)
    }

    private func addAccount(_ email: EmailAddress, in organization: Organization, at moment: Moment) throws -> ID {
        let id = ID(moment, &organization.chance)
        let table = tables.accounts
        try table.begin()
        table.id(id)
        table.bytes(keys.ring.blindIndex(email.normalized, purpose: "auth.accounts.email"))
        table.bytes(try keys.ring.seal(email.rawValue, context: "auth.accounts/email/\(Identifier<Never>(rawValue: id.uuid))").data)
        table.text(keys.passwordHash.text)
        table.text(keys.passwordHash.pepperID)
        table.moment(moment + 1 * .hours)
        table.moment(moment)
        table.moment(now - organization.chance.between(0, 20 * .days))
        table.moment(moment)
        table.moment(moment)
        return id
    }

    private func addProfiles(_ id: ID, _ organization: Organization, _ roles: [Role], at moment: Moment) throws {
        if roles.contains(.member) {
            try tables.memberProfiles.begin()
            tables.memberProfiles.id(organization.id)
            tables.memberProfiles.id(id)
            for _ in 0..<3 { tables.memberProfiles.moment(moment) }
        }
        if roles.contains(.trainer) {
            try tables.trainerProfiles.begin()
            tables.trainerProfiles.id(organization.id)
            tables.trainerProfiles.id(id)
            tables.trainerProfiles.texts([organization.chance.pick(["strength", "mobility", "yoga", "endurance"])])
            tables.trainerProfiles.moment(moment)
            tables.trainerProfiles.moment(moment)
        }
    }

    /// The one on their phone; its refresh token is nobody's.
    private func addLoginSession(_ person: ID, _ account: ID, _ organization: Organization, _ key: DataKey, isMember: Bool) throws {
        let (idle, total) = isMember ? (30 * .days, 365 * .days) : (1 * .days, 7 * .days)
        let begun = now - organization.chance.between(0.1, 0.8) * idle
        let seen = begun + organization.chance.unit() * (now - begun)
        let id = ID(begun, &organization.chance)
        func context(_ column: String) -> String {
            "auth.login_sessions/\(column)/\(organization.organizationID)/\(LoginSessionID(rawValue: id.uuid))"
        }
        let table = tables.loginSessions
        try table.begin()
        table.id(organization.id)
        table.id(id)
        table.id(person)
        table.id(account)
        table.bytes(try key.seal("Safari on iPhone", context: context("device")))
        table.bytes(try key.seal("203.0.113.\(organization.chance.below(254) + 1)", context: context("address")))
        table.long(Int64(organization.chance.below(40) + 1))
        table.bytes(Data((0..<32).map { _ in UInt8(truncatingIfNeeded: organization.chance.next()) }))
        table.int(Int(idle))
        table.moment(begun + total)
        table.moment(seen + idle)
        table.moment(begun)
        table.moment(seen)
        table.moment(begun)
    }

    private func addCopies(_ id: ID, _ organization: Organization, _ roles: [String], name: String, email: EmailAddress) throws {
        for copy in [tables.schedulingPeople, tables.workoutsPeople] {
            try copy.begin()
            copy.id(organization.id)
            copy.id(id)
            copy.texts(roles)
            copy.bool(true)
            copy.long(1)
        }
        let personID = PersonID(rawValue: id.uuid)
        let copy = tables.notificationsPeople
        try copy.begin()
        copy.id(organization.id)
        copy.id(id)
        copy.text(try keys.ring.seal(name, context: PersonSaved.context("full_name", personID)).rawValue)
        copy.text(try keys.ring.seal(email.rawValue, context: PersonSaved.context("email", personID)).rawValue)
        copy.bool(true)
        copy.long(1)
    }
}
