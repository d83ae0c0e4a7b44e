import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var oneTimeCodeEndpoints: [Endpoint] {
        [
            Endpoint.handle(EnableMailedCodes.self, preparing: checkPasswordForCodes, enableMailedCodes),
            Endpoint.handle(MailSecondFactorCode.self, mailSecondFactorCode),
        ]
    }

    @Sendable private func checkPasswordForCodes(_ call: Call<EnableMailedCodes>) async throws -> PasswordProof {
        try await proven(call, call.body.password).proof
    }

    @Sendable private func enableMailedCodes(
        _ call: Call<EnableMailedCodes>, _ proof: PasswordProof, _ tx: Transaction
    ) async throws -> NoContent {
        let account = try await accounts.hold(proof, in: tx)
        // Or whoever signs up with somebody else's address could keep them out of it for good.
        guard account.isVerified else { throw Problem(.emailNotVerified) }
        try await checkMayAdd(to: account.accountID, call.caller, in: tx)
        try await secondFactors.enableMail(account.accountID, now: call.now, in: tx)
        return NoContent()
    }

    @Sendable private func mailSecondFactorCode(_ call: Call<MailSecondFactorCode>, _ tx: Transaction) async throws -> NoContent {
        let account = try await accounts.account(of: call.caller, in: tx)
        if try await secondFactors.kind(of: account.accountID, in: tx) == .mail {
            try await mailCode(to: account, at: call.caller.place, now: call.now, in: tx)
        }
        return NoContent()
    }

    /// Unless one was mailed just now, which is as good.
    func mailCode(to account: Account, at place: Place, now: Date, in tx: Transaction) async throws {
        guard try await mailAllowances.take(.signInCode, for: account.accountID.description, now: now, in: tx) else { return }
        try await oneTimeCodes.mail(
            to: try accounts.address(of: account), of: account.accountID, at: place, now: now, in: tx)
    }
}
