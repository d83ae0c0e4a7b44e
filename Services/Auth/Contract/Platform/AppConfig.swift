public import ContractKit
public import Foundation

/// A switch of the installation and what it is turned to.
public struct AppConfigEntry: Codable, Sendable, Equatable, Versioned {
    public var key: AppConfigKey
    public var value: AppConfigValue
    public var description: Line
    public var createdAt: Date
    public var updatedAt: Date
    public var version: Int64

    public init(key: AppConfigKey, value: AppConfigValue, description: Line, createdAt: Date, updatedAt: Date, version: Int64) {
        self.key = key
        self.value = value
        self.description = description
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
    }
}

public struct ListAppConfig: APIOperation {
    public static let route = Route.get("/v1/platform/config")
    public static let summary = "What the installation is set to, by key"
    public static let access = Access.platform

    public init() {}

    public struct Output: Codable, Sendable {
        public var data: [AppConfigEntry]

        public init(data: [AppConfigEntry]) { self.data = data }
    }
}

/// Every process of every service takes it up within a second.
public struct SetAppConfig: APIOperation {
    public static let route = Route.put("/v1/platform/config/{key}")
    public static let summary = "Change what the installation is set to"
    public static let access = Access.platform
    public typealias Output = AppConfigEntry

    public var key: AppConfigKey

    public init(key: AppConfigKey) { self.key = key }

    public struct Body: Codable, Sendable {
        public var value: AppConfigValue
        public var description: Line?

        public init(value: AppConfigValue, description: Line? = nil) {
            self.value = value
            self.description = description
        }
    }
}
