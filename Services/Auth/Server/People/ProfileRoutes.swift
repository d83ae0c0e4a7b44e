import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var profileEndpoints: [Endpoint] {
        [
            Endpoint.handle(GetMe.self, getMe), Endpoint.handle(PutOwnProfile.self, putOwnProfile),
            Endpoint.handle(GetPerson.self, getPerson),
        ]
    }

    @Sendable private func getMe(_ call: Call<GetMe>, _ tx: Transaction) async throws -> GetMe.Output {
        try await shown(call.caller, in: tx)
    }

    @Sendable private func putOwnProfile(_ call: Call<PutOwnProfile>, _ tx: Transaction) async throws -> GetMe.Output {
        let (caller, body) = (try call.caller, call.body)
        guard var person = try await people.find(caller.organizationID, caller.personID, locked: true, in: tx) else {
            throw Problem(.unauthenticated)
        }
        if person.fullName != body.fullName {
            person.fullName = body.fullName
            _ = try await people.save(person, now: call.now, in: tx)
        }
        try await ownProfiles.save(body, of: caller.personID, caller.organizationID, now: call.now, in: tx)
        return try await shown(caller, in: tx)
    }

    private func shown(_ caller: Caller, in tx: Transaction) async throws -> GetMe.Output {
        guard let person = try await people.find(caller.organizationID, caller.personID, in: tx),
            let organization = try await organizations.find(caller.organizationID, in: tx)
        else { throw Problem(.unauthenticated) }
        var (account, username): (Account?, Username?)
        if let id = person.accountID {
            account = try await accounts.account(id, in: tx)
            username = try await accounts.kept(id, in: tx).username
        }
        let profile = try await ownProfiles.find(caller.organizationID, caller.personID, in: tx)
        return GetMe.Output(
            person: person.person, organization: organization, roles: person.roles, loginSessionID: caller.loginSessionID,
            emailVerified: account?.isVerified ?? false, lastLoginAt: account?.lastLoginAt,
            username: username, bio: profile.bio, profilePhotoURL: profile.photo)
    }

    @Sendable private func getPerson(_ call: Call<GetPerson>, _ tx: Transaction) async throws -> GetPerson.Output {
        let (organization, id) = (try call.caller.organizationID, call.input.personID)
        let present = try await people.find(organization, id, in: tx)
        var person = present
        if person == nil { person = try await people.findRemoved(organization, id, in: tx) }
        guard let person else { throw Problem.notFound }
        let kept = try await personMerges.kept(insteadOf: id, organization, in: tx)
        return GetPerson.Output(id: id, fullName: person.fullName, roles: person.roles, isRemoved: present == nil, mergedInto: kept)
    }
}
