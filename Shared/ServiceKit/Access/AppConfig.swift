public import ContractKit
public import Messaging
import Synchronization

/// What the installation is set to, as this process heard it last.
public final class AppConfig: Sendable {
    private let versions = Mutex<[AppConfigKey: Int64]>([:])
    private let readOnly = Atomic(false)

    public init() {}

    /// Whether nothing may be changed in any organization for now.
    public var isReadOnly: Bool { readOnly.load(ordering: .acquiring) }

    public func set(_ key: AppConfigKey, _ value: AppConfigValue, version: Int64) {
        versions.withLock { versions in
            // Said again after something newer was.
            guard versions[key, default: 0] <= version else { return }
            versions[key] = version
            switch key {
            case .readOnly: readOnly.store(value.rawValue == "true", ordering: .releasing)
            // Auth asks its table.
            case .signupsOpen: break
            }
        }
    }
}

/// The part of auth's `auth.app_config.changed.v1` that every process needs: a mirror, as ``LoginSessionEndedNotice`` is. Keys that this
/// process does not know are none of its business.
public struct AppConfigNotice: Event {
    public static let type = "auth.app_config.changed.v1"
    public static let summary = "What the installation is set to was changed"
    public static let audience = Audience.everyProcess

    public var key: String
    public var value: AppConfigValue
    public var organizationID: OrganizationID { .none }
    /// It is only read, never said.
    public var aggregate: Aggregate { Aggregate("app_config", named: key, version: 0) }

    public init(key: String, value: AppConfigValue) {
        self.key = key
        self.value = value
    }
}

/// Fills ``AppConfig`` in each process, within a second of the change. Whoever starts hears the last ten minutes, in which everything was
/// said once more.
public struct AppConfigListener: Listener {
    private let config: AppConfig

    public init(_ config: AppConfig) { self.config = config }

    public func heard(_ event: AppConfigNotice, _ occasion: Occasion) async {
        guard let key = AppConfigKey(rawValue: event.key) else { return }
        config.set(key, event.value, version: occasion.aggregateVersion)
    }
}
