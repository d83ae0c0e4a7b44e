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
        try await secondFactors.state(of: accounts.find(of: call.caller, in: tx).accountID, in: tx)
    }

    @Sendable private func checkPasswordAgain(_ call: Call<EnrolSecondFactor>) async throws -> AccountAddress {
        try await passwordChecked(call, call.body.password)
    }

    @Sendable private func enrolSecondFactor(
        _ call: Call<EnrolSecondFactor>, _ account: AccountAddress, _ tx: Transaction
    ) async throws -> EnrolSecondFactor.Output {
        let totp = TOTP(secret: try await secondFactors.enrol(account.accountID, now: call.now, in: tx))
        return EnrolSecondFactor.Output(secret: Base32.encode(totp.secret), uri: totp.uri(for: account.email))
    }

    @Sendable private func confirmSecondFactor(_ call: Call<ConfirmSecondFactor>, _ tx: Transaction) async throws -> RecoveryCodes {
        let account = try await accounts.find(of: call.caller, in: tx).accountID
        return RecoveryCodes(codes: try await secondFactors.confirm(account, call.body.code, now: call.now, in: tx))
    }

    @Sendable private func checkPasswordOfBoth<O: APIOperation>(_ call: Call<O>) async throws -> AccountAddress
    where O.Body == BothFactors {
        try await passwordChecked(call, call.body.password)
    }

    @Sendable private func replaceRecoveryCodes(
        _ call: Call<ReplaceRecoveryCodes>, _ account: AccountAddress, _ tx: Transaction
    ) async throws -> RecoveryCodes {
        try await check(call.body.code, of: account, call, in: tx)
        return RecoveryCodes(codes: try await secondFactors.replaceRecoveryCodes(account.accountID, now: call.now, in: tx))
    }

    @Sendable private func removeSecondFactor(
        _ call: Call<RemoveSecondFactor>, _ account: AccountAddress, _ tx: Transaction
    ) async throws -> NoContent {
        try await check(call.body.code, of: account, call, in: tx)
        try await secondFactors.remove(account.accountID, in: tx)
        return NoContent()
    }

    /// The caller's account, whose password they have given once more.
    private func passwordChecked<O>(_ call: Call<O>, _ password: EnteredPassword) async throws -> AccountAddress {
        let caller = try call.caller
        let account = try await database.transaction(as: Tenant(caller.organizationID), readOnly: true) {
            try await accounts.find(of: caller, in: $0)
        }
        _ = try await passwordCheck.proof(account.email, password.rawValue, from: NetworkPlace(call.address), now: call.now)
        return account
    }
}
