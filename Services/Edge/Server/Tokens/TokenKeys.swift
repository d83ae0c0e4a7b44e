import Foundation
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import Synchronization

/// The verifier of the moment. Keys rotate: the file is read again every half minute.
final class TokenKeys: Sendable {
    private let state: NIOLockedValueBox<(verifier: TokenVerifier, document: Data)>
    private let replacements = Atomic(0)
    private let path: String?

    init(jwks: Data) throws {
        state = NIOLockedValueBox((try TokenVerifier(jwks: jwks), jwks))
        path = nil
    }

    /// - Throws: when the file cannot be read or holds no usable key.
    init(file: String) throws {
        let document = try Data(contentsOf: URL(fileURLWithPath: file))
        state = NIOLockedValueBox((try TokenVerifier(jwks: document), document))
        path = file
    }

    var verifier: TokenVerifier { state.withLockedValue { $0.verifier } }
    /// Changes after the keys: what was verified before then is verified again. Costs no lock.
    var generation: Int { replacements.load(ordering: .acquiring) }

    /// Takes up the keys in `document`; unchanged or unusable ones change nothing.
    func replace(with document: Data) throws {
        guard document != state.withLockedValue({ $0.document }) else { return }
        let verifier = try TokenVerifier(jwks: document)
        state.withLockedValue { $0 = (verifier, document) }
        replacements.add(1, ordering: .releasing)
    }

    /// Reads the file again and again, until the task is cancelled.
    func follow(every interval: Duration = .seconds(30), logger: Logger) async {
        guard let path else { return }
        while (try? await Task.sleep(for: interval)) != nil {
            do {
                let document = try await NIOThreadPool.singleton.runIfActive { try Data(contentsOf: URL(fileURLWithPath: path)) }
                try replace(with: document)
            } catch {
                logger.warning("token keys kept: the file cannot be used", metadata: ["error": "\(error)"])
            }
        }
    }
}
