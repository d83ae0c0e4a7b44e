import Foundation

/// Environment variables with their types; a missing or wrong one stops the start with one line that names it.
/// `NAME_FILE` beside `NAME` reads the value from a file.
public struct Settings: Sendable {
    private let environment: [String: String]

    public init(_ environment: [String: String]) { self.environment = environment }

    /// The value of `name`, or of the file that `NAME_FILE` names; an empty value counts as none.
    ///
    /// - Throws: ``SettingError`` when it is missing and has no default.
    public func string(_ name: String, default: String? = nil) throws -> String {
        if let value = environment[name], !value.isEmpty { return value }
        if let path = environment["\(name)_FILE"], !path.isEmpty { return try content(of: path, named: "\(name)_FILE") }
        guard let `default` else { throw SettingError("\(name) is missing") }
        return `default`
    }

    public func int(_ name: String, in range: ClosedRange<Int>, default: Int? = nil) throws -> Int {
        let text = try string(name, default: `default`.map(String.init))
        guard let value = Int(text), range.contains(value) else {
            throw SettingError("\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// The parts between commas, without the white space around them.
    public func list(_ name: String, default: [String]? = nil) throws -> [String] {
        let text = try string(name, default: `default`?.joined(separator: ","))
        let parts = text.split(separator: ",").map { $0.trimming(" \t\n") }.filter { !$0.isEmpty }
        guard !parts.isEmpty || `default`?.isEmpty == true else { throw SettingError("\(name) must name at least one") }
        return parts.map(String.init)
    }

    /// `true` or `false`, `1` or `0`, `yes` or `no`.
    public func flag(_ name: String, default: Bool) throws -> Bool {
        switch try string(name, default: `default` ? "true" : "false").lowercased() {
        case "true", "1", "yes": true
        case "false", "0", "no": false
        default: throw SettingError("\(name) must be true or false")
        }
    }

    /// The path in `name`, of a file that can be read.
    public func path(_ name: String) throws -> String {
        guard let path = environment[name], !path.isEmpty else { throw SettingError("\(name) is missing") }
        _ = try content(of: path, named: name)
        return path
    }

    /// The content of the file that the variable names, without surrounding white space.
    public func secret(_ name: String) throws -> String {
        guard let path = environment[name], !path.isEmpty else { throw SettingError("\(name) is missing") }
        return try content(of: path, named: name)
    }

    private func content(of path: String, named name: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw SettingError("\(name): \(path) cannot be read") }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { throw SettingError("\(name): \(path) is empty") }
        return text
    }
}

/// A setting that is missing or wrong.
public struct SettingError: Error, CustomStringConvertible, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}
