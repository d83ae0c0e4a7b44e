import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

extension AuthParts {
    var signInPolicyEndpoints: [Endpoint] {
        [Endpoint.handle(GetSignInPolicy.self, getSignInPolicy), Endpoint.handle(SetSignInPolicy.self, setSignInPolicy)]
    }

    @Sendable private func getSignInPolicy(_ call: Call<GetSignInPolicy>, _ tx: Transaction) async throws -> SignInPolicy {
        let asks: Bool? = try await tx.first(
            "select requires_second_factor from organizations where organization_id = \(call.caller.organizationID) and deleted_at is null")
        guard let asks else { throw Problem.notFound }
        return SignInPolicy(requiresSecondFactor: asks)
    }

    /// Not a new version of the organization: what others are told of it is the same.
    @Sendable private func setSignInPolicy(_ call: Call<SetSignInPolicy>, _ tx: Transaction) async throws -> SignInPolicy {
        let count = try await tx.execute(
            """
            update organizations set requires_second_factor = \(call.body.requiresSecondFactor), updated_at = \(call.now)
            where organization_id = \(call.caller.organizationID) and deleted_at is null
            """)
        guard count == 1 else { throw Problem.notFound }
        return call.body
    }
}
