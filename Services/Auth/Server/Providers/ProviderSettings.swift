import ContractKit
import Foundation
import ServiceKit

/// A provider as the operator set it up with them.
struct ProviderSettings: Sendable {
    let name: Slug
    let title: Line
    /// The provider's name for itself, which its identities are told apart by.
    let issuer: String
    let clientID: String
    let clientSecret: String
    /// Where the provider sends people back to: a page of the app's, and never one that a request names.
    let redirectURL: String
    let scopes: [String]

    /// Reads the file that `OIDC_PROVIDERS_FILE` names; without it there are none.
    ///
    /// - Throws: ``SettingError`` that names the provider at fault.
    static func read(_ settings: Settings) throws -> [ProviderSettings] {
        guard try !settings.string("OIDC_PROVIDERS_FILE", default: "").isEmpty else { return [] }
        let text = try settings.secret("OIDC_PROVIDERS_FILE")
        guard let file = try? JSON.decode(File.self, from: Data(text.utf8)) else {
            throw SettingError("OIDC_PROVIDERS_FILE: not a JSON object with a list of providers, each with all members")
        }
        guard Set(file.providers.map(\.name)).count == file.providers.count, Set(file.providers.map(\.issuer)).count == file.providers.count
        else { throw SettingError("OIDC_PROVIDERS_FILE: two providers have one name or one issuer") }
        return try file.providers.map(ProviderSettings.init)
    }

    private init(_ entry: Entry) throws {
        func wrong(_ what: String) -> SettingError { SettingError("OIDC_PROVIDERS_FILE: \(what) of \(entry.name)") }
        guard Self.isSafe(entry.issuer), !entry.issuer.contains("?") else { throw wrong("the issuer is no https address:") }
        guard Self.isSafe(entry.redirectURL) else { throw wrong("the redirect_url is no https address:") }
        guard let secret = FileManager.default.contents(atPath: entry.clientSecretFile),
            let text = String(bytes: secret, encoding: .utf8)?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty
        else { throw wrong("the client_secret_file cannot be read:") }
        (name, title, issuer, clientID, clientSecret) = (entry.name, entry.title, entry.issuer, entry.clientID, text)
        redirectURL = entry.redirectURL
        scopes = ["openid"] + (entry.scopes ?? []).filter { $0 != "openid" }
    }

    /// Whether what is said there cannot be read on the way: https, or this machine.
    static func isSafe(_ address: String) -> Bool {
        guard let url = URLComponents(string: address), let host = url.host, !host.isEmpty, url.user == nil, url.fragment == nil else {
            return false
        }
        return url.scheme == "https" || url.scheme == "http" && ["127.0.0.1", "[::1]", "::1", "localhost"].contains(host)
    }

    private struct File: Codable { var providers: [Entry] }
    private struct Entry: Codable {
        var name: Slug
        var title: Line
        var issuer: String
        var clientID: String
        var clientSecretFile: String
        var redirectURL: String
        var scopes: [String]?
    }
}
