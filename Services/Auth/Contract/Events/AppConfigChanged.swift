public import ContractKit

/// What the installation is set to was changed, or is said once more for whoever has started since.
public struct AppConfigChanged: Event, Equatable {
    public static let type = "auth.app_config.changed.v1"
    public static let summary = "What the installation is set to was changed, or is said once more for whoever has started since"
    public static let audience = Audience.everyProcess

    public var key: AppConfigKey
    public var value: AppConfigValue
    /// Counts how often it was said.
    public var version: Int64

    public var organizationID: OrganizationID { .none }
    public var aggregate: Aggregate { Aggregate("app_config", named: key.rawValue, version: version) }

    public init(key: AppConfigKey, value: AppConfigValue, version: Int64) {
        self.key = key
        self.value = value
        self.version = version
    }
}
