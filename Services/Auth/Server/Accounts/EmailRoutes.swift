import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var emailEndpoints: [Endpoint] {
        [
            Endpoint.handle(SendEmailVerification.self, sendVerification),
            Endpoint.handle(ConfirmEmailVerification.self, confirmVerification),
            Endpoint.handle(ChangeEmail.self, preparing: checkPassword, changeEmail),
            Endpoint.handle(ConfirmEmailChange.self, confirmChange),
        ]
    }

    @Sendable private func sendVerification(_ call: Call<SendEmailVerification>, _ tx: Transaction) async throws -> NoContent {
        let account = try await accounts.account(of: call.caller, in: tx)
        let email = try accounts.address(of: account)
        if !account.isVerified {
            try await mailVerification(to: email, of: account.accountID, at: call.caller.place, now: call.now, in: tx)
        }
        return NoContent()
    }

    /// Unless one was mailed just now.
    func mailVerification(
        to email: EmailAddress, of account: AccountID, at place: Place, now: Date, in tx: Transaction
    ) async throws {
        guard try await mailAllowances.take(.verifyEmail, for: email.normalized, now: now, in: tx) else { return }
        try await accountLinks.mail(.verifyEmail, to: email, of: account, at: place, now: now, in: tx)
    }

    @Sendable private func confirmVerification(_ call: Call<ConfirmEmailVerification>, _ tx: Transaction) async throws -> NoContent {
        let token = try link(call.body.token, .verifyEmail)
        guard let account = try await accounts.account(token.accountID, locked: true, in: tx),
            let email = try await accountLinks.use(token, now: call.now, in: tx),
            try email.normalized == accounts.address(of: account).normalized
        else { throw Problem(.invalidLink) }
        try await accounts.verify(account.accountID, now: call.now, in: tx)
        return NoContent()
    }

    @Sendable private func checkPassword(_ call: Call<ChangeEmail>) async throws -> PasswordProof {
        try await proven(call, call.body.password).proof
    }

    @Sendable private func changeEmail(_ call: Call<ChangeEmail>, _ proof: PasswordProof, _ tx: Transaction) async throws -> NoContent {
        let account = try await accounts.hold(proof, in: tx)
        try await checkIfEnabled(call.body.code, of: account, call, in: tx)
        let (id, old, now, place) = (account.accountID, try accounts.address(of: account), call.now, try call.caller.place)
        // Where there is nothing to change, and where too much is asked, the answer is the same.
        guard call.body.email != old, try await mailAllowances.take(.changeEmail, for: id.description, now: now, in: tx) else {
            return NoContent()
        }
        try await accountLinks.mail(.changeEmail, to: call.body.email, of: id, at: place, now: now, in: tx)
        try await accountLinks.mail(.emailChanging, to: old, of: id, at: place, now: now, in: tx)
        return NoContent()
    }

    @Sendable private func confirmChange(_ call: Call<ConfirmEmailChange>, _ tx: Transaction) async throws -> NoContent {
        let token = try link(call.body.token, .changeEmail)
        guard let account = try await accounts.account(token.accountID, locked: true, in: tx),
            let email = try await accountLinks.use(token, now: call.now, in: tx)
        else { throw Problem(.invalidLink) }
        try await accounts.change(account.accountID, to: email, now: call.now, in: tx)
        // They were mailed to an address that is not the account's any more.
        try await accountLinks.withdraw([.verifyEmail, .resetPassword], of: account.accountID, in: tx)
        try await readdress(account.accountID, from: try accounts.address(of: account), to: email, now: call.now, in: tx)
        return NoContent()
    }
}

extension Caller {
    var place: Place {
        Place(organizationID: organizationID, personID: personID, roles: Array(roles), locationIDs: locationIDs.map { Array($0) } ?? [])
    }
}
