import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var profileEndpoints: [Endpoint] { [Endpoint.handle(GetMe.self, getMe), Endpoint.handle(GetPerson.self, getPerson)] }

    @Sendable private func getMe(_ call: Call<GetMe>, _ tx: Transaction) async throws -> GetMe.Output {
        let caller = try call.caller
        guard let person = try await people.find(caller.organizationID, caller.personID, in: tx),
            let organization = try await organizations.find(caller.organizationID, in: tx)
        else { throw Problem(.unauthenticated) }
        var account: Account?
        if let id = person.accountID { account = try await accounts.account(id, in: tx) }
        return GetMe.Output(
            person: person.person, organization: organization, roles: person.roles, loginSessionID: caller.loginSessionID,
            emailVerified: account?.isVerified ?? false, lastLoginAt: account?.lastLoginAt)
    }

    @Sendable private func getPerson(_ call: Call<GetPerson>, _ tx: Transaction) async throws -> GetPerson.Output {
        let (organization, id) = (try call.caller.organizationID, call.input.personID)
        let present = try await people.find(organization, id, in: tx)
        var person = present
        if person == nil { person = try await people.findRemoved(organization, id, in: tx) }
        guard let person else { throw Problem.notFound }
        return GetPerson.Output(id: id, fullName: person.fullName, roles: person.roles, isRemoved: present == nil)
    }
}
