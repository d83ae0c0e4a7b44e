import AuthContract
import ContractKit
import Foundation
import Postgres
import ServiceKit

/// Who a provider says somebody is, in the sign-in that was begun for it.
struct ProvenIdentity: Sendable {
    let begun: BegunProviderSignIn
    let provider: Provider
    /// What we know the identity by.
    let key: Data
}

extension AuthParts {
    func provider(_ name: Slug) throws -> Provider {
        guard let provider = providers.first(where: { $0.settings.name == name }) else { throw Problem.notFound }
        return provider
    }

    /// Asks the provider, without any transaction: it may take its time.
    ///
    /// - Parameter fits: Whether the sign-in was begun for this call.
    /// - Throws: ``Problem`` `.oidcFailed`, after which the state is good no more: it is tried once.
    func identity(
        _ answer: ProviderAnswer, now: Date, fits: (BegunProviderSignIn) -> Bool
    ) async throws -> ProvenIdentity {
        let state = answer.state.rawValue
        let begun = try await database.transaction(readOnly: true) { tx in try await providerSignIns.find(state, now: now, in: tx) }
        guard let begun, fits(begun), let provider = try? self.provider(begun.provider) else { throw Problem(.oidcFailed) }
        do {
            // Another provider's code, which it was talked into sending here.
            if let issuer = answer.iss, issuer.rawValue != provider.settings.issuer { throw Problem(.oidcFailed) }
            let subject = try await provider.subject(
                answer.code.rawValue, verifier: begun.verifier, nonceHash: begun.nonceHash, now: now)
            return ProvenIdentity(begun: begun, provider: provider, key: identities.key(subject, of: provider.settings.issuer))
        } catch let problem as Problem where problem.isA(.oidcFailed) {
            _ = try await database.transaction { tx in try await providerSignIns.use(state, in: tx) }
            throw problem
        }
    }
}
