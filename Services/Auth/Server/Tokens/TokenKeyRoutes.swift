import AuthContract
import ContractKit
import Foundation
import ServiceKit

extension AuthParts {
    var tokenKeyEndpoints: [Endpoint] {
        [Endpoint.handle(ListTokenKeys.self) { [tokenKeys] call, _ in tokenKeys.reading(now: call.now).value }]
    }
}

enum TokenKeys {
    /// Reads the public JWKS. Only the public members are decoded: a private key put there by mistake stays here.
    static func published(_ text: String) throws -> ListTokenKeys.Output {
        guard let keys = try? JSONDecoder().decode(ListTokenKeys.Output.self, from: Data(text.utf8)), !keys.keys.isEmpty else {
            throw SettingError("TOKEN_KEYS_FILE: not a JSON Web Key Set with at least one key")
        }
        return keys
    }
}
