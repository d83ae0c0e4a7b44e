import Foundation
import Logging
import NIOConcurrencyHelpers
import NIOPosix

/// The verifier of the moment. Keys rotate: the file is read again every half minute.
final class TokenKeys: Sendable {
    private let state: NIOLockedValueBox<(verifier: TokenVerifier, generation: Int, document: Data)>
    private let path: String?

    init(jwks: Data) throws {
        state = NIOLockedValueBox((try TokenVerifier(jwks: jwks), 0, jwks))
        path = nil
    }

    /// - Throws: when the file cannot be read or holds no usable key.
    init(file: String) throws {
        let document = try Data(contentsOf: URL(fileURLWithPath: file))
        state = NIOLockedValueBox((try TokenVerifier(jwks: document), 0, document))
        path = file
    }

    /// The generation changes with the keys: what was verified before then is verified again.
    var current: (verifier: TokenVerifier, generation: Int) { state.withLockedValue { ($0.verifier, $0.generation) } }

    /// Takes up the keys in `document`; unchanged or unusable ones change nothing.
    func replace(with document: Data) throws {
        guard document != state.withLockedValue({ $0.document }) else { return }
        let verifier = try TokenVerifier(jwks: document)
        state.withLockedValue { $0 = (verifier, $0.generation + 1, document) }
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
