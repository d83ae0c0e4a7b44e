public import FieldEncryption
import Logging
import ServiceLifecycle

/// Looks for new master keys while a service runs, and renews the right to use those it has.
struct KeyRefresher: Service {
    let keys: KeyRing
    let provider: any KeyProvider
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = MasterKeys.refreshInterval
            while (try? await Task.sleep(for: pause)) != nil {
                do {
                    try await keys.refresh(from: provider)
                    pause = MasterKeys.refreshInterval
                } catch {
                    // Sooner than after a good look: the lease is running out.
                    pause = .seconds(10)
                    if !Task.isCancelled { logger.error("the master keys cannot be read", metadata: ["error": "\(error)"]) }
                }
            }
        }
    }
}

extension Installation {
    /// `VAULT_ADDR` with `VAULT_TOKEN_FILE`, or `MASTER_KEYS_FILE`; nil when neither is set, for services that seal nothing.
    func keyProvider() throws -> (any KeyProvider)? {
        let file = try settings.string("MASTER_KEYS_FILE", default: "")
        let vault = try settings.string("VAULT_ADDR", default: "")
        guard !vault.isEmpty else { return file.isEmpty ? nil : KeyFile(file) }
        guard file.isEmpty else { throw SettingError("MASTER_KEYS_FILE and VAULT_ADDR are both set: which keys?") }
        let (namespace, caFile) = (try settings.string("VAULT_NAMESPACE", default: ""), try settings.string("VAULT_CACERT", default: ""))
        do {
            return try VaultTransit(
                address: vault, mount: settings.string("VAULT_TRANSIT_MOUNT", default: "transit"),
                key: settings.string("VAULT_TRANSIT_KEY", default: "palestra"), tokenFile: settings.path("VAULT_TOKEN_FILE"),
                namespace: namespace.isEmpty ? nil : namespace, caFile: caFile.isEmpty ? nil : caFile,
                lease: .seconds(settings.int("VAULT_LEASE_SECONDS", in: 120...86_400, default: 300)))
        } catch let error as FieldEncryptionError {
            throw SettingError("VAULT_ADDR: \(error)")
        }
    }

    /// The keys as they are now, for a command that is over before they change; nil as with ``keyProvider()``.
    ///
    /// - Throws: ``SettingError`` that names where the keys should have come from.
    public func openKeys() async throws -> KeyRing? {
        guard let provider = try keyProvider() else { return nil }
        return try await openKeys(provider)
    }

    /// - Throws: ``SettingError`` that names where the keys should have come from.
    func openKeys(_ provider: any KeyProvider) async throws -> KeyRing {
        do { return try await KeyRing.open(provider) } catch let error as FieldEncryptionError {
            throw SettingError("\(provider is KeyFile ? "MASTER_KEYS_FILE" : "VAULT_ADDR"): \(error)")
        }
    }
}
