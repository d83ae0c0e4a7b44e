import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var secondFactorEndpoints: [Endpoint] {
        [
            Endpoint.handle(GetSecondFactor.self, getSecondFactor),
            Endpoint.handle(EnrolSecondFactor.self, preparing: checkPasswordAgain, enrolSecondFactor),
            Endpoint.handle(ConfirmSecondFactor.self, confirmSecondFactor),
            Endpoint.handle(ReplaceRecoveryCodes.self, preparing: checkPasswordOfBoth, replaceRecoveryCodes),
            Endpoint.handle(RemoveSecondFactor.self, preparing: checkPasswordOfBoth, removeSecondFactor),
        ]
    }

    @Sendable private func getSecondFactor(_ call: Call<GetSecondFactor>, _ tx: Transaction) async throws -> SecondFactor {
        try await secondFactors.state(of: accounts.account(of: call.caller, in: tx).accountID, in: tx)
    }

    @Sendable private func checkPasswordAgain(_ call: Call<EnrolSecondFactor>) async throws -> PasswordProof {
        try await proven(call, call.body.password).proof
    }

    @Sendable private func enrolSecondFactor(
        _ call: Call<EnrolSecondFactor>, _ proof: PasswordProof, _ tx: Transaction
    ) async throws -> EnrolSecondFactor.Output {
        let account = try await accounts.hold(proof, in: tx)
        // Or whoever signs up with somebody else's address could keep them out of it for good.
        guard account.isVerified else { throw Problem(.emailNotVerified) }
        try await checkMayAdd(to: account.accountID, call.caller, in: tx)
        let totp = TOTP(secret: try await secondFactors.enrol(account.accountID, now: call.now, in: tx))
        return EnrolSecondFactor.Output(secret: Base32.encode(totp.secret), uri: totp.uri(for: try accounts.address(of: account)))
    }

    @Sendable private func confirmSecondFactor(_ call: Call<ConfirmSecondFactor>, _ tx: Transaction) async throws -> RecoveryCodes {
        let account = try await accounts.account(of: call.caller, in: tx).accountID
        let codes = try await secondFactors.confirm(account, call.body.code, now: call.now, in: tx)
        try await loginSessions.gaveBoth(call.caller, now: call.now, in: tx)
        return RecoveryCodes(codes: codes)
    }

    @Sendable private func checkPasswordOfBoth<O: APIOperation>(_ call: Call<O>) async throws -> PasswordProof where O.Body == BothFactors {
        try await proven(call, call.body.password).proof
    }

    @Sendable private func replaceRecoveryCodes(
        _ call: Call<ReplaceRecoveryCodes>, _ proof: PasswordProof, _ tx: Transaction
    ) async throws -> RecoveryCodes {
        try await check(call.body.code, of: accounts.hold(proof, in: tx), call, in: tx)
        return RecoveryCodes(codes: try await secondFactors.replaceRecoveryCodes(proof.accountID, now: call.now, in: tx))
    }

    @Sendable private func removeSecondFactor(
        _ call: Call<RemoveSecondFactor>, _ proof: PasswordProof, _ tx: Transaction
    ) async throws -> NoContent {
        try await check(call.body.code, of: accounts.hold(proof, in: tx), call, in: tx)
        try await secondFactors.remove(proof.accountID, in: tx)
        return NoContent()
    }
}
