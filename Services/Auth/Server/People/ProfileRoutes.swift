import AuthContract
import ContractKit
import Postgres
import ServiceKit

extension AuthParts {
    var profileEndpoints: [Endpoint] { [Endpoint.handle(GetMe.self, getMe)] }

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
}
