/// A switch of the whole installation, which those who run it turn while it runs.
public enum AppConfigKey: String, Words {
    /// Whether new organizations may sign up: `true` or `false`.
    case signupsOpen = "signups_open"
    /// Whether nothing may be changed in any organization for now, as while a database moves: `true` or `false`.
    case readOnly = "read_only"
}

public enum AppConfigValueRule: TextRule {
    public static let length = 1...2000
    public static let allowsLineBreaks = true
}

/// What a switch is turned to.
public typealias AppConfigValue = BoundedText<AppConfigValueRule>

extension AppConfigKey {
    /// Why the key cannot have this value; nil when it can.
    public func refusal(of value: AppConfigValue) -> String? {
        switch self {
        case .signupsOpen, .readOnly: ["true", "false"].contains(value.rawValue) ? nil : "must be true or false"
        }
    }
}
