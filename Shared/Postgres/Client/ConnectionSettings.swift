import CLibPQ
import Foundation

/// The parameters of a connection, in libpq's words.
struct ConnectionSettings: Sendable {
    /// In libpq a later parameter overrides an earlier one: what the URL may decide comes before it, what we decide after.
    let parameters: [(name: String, value: String)]
    /// How long one statement may take at the server.
    let statementTimeout: Duration

    init(_ configuration: Database.Configuration) {
        statementTimeout = configuration.statementTimeout
        var options = [Self.options(inURL: configuration.url)].compactMap(\.self)
        options += [
            "-c statement_timeout=\(Self.milliseconds(configuration.statementTimeout))",
            "-c lock_timeout=\(Self.milliseconds(configuration.lockTimeout))", "-c idle_in_transaction_session_timeout=10000",
            "-c timezone=UTC", "-c client_min_messages=error",
        ]
        if !configuration.schema.isEmpty {
            let quoted = "\"\(configuration.schema.replacing("\"", with: "\"\""))\""
            options.append("-c search_path=\(quoted.replacing("\\", with: "\\\\").replacing(" ", with: "\\ "))")
        }
        parameters = [
            ("connect_timeout", "3"), ("tcp_user_timeout", "5000"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
            ("keepalives_count", "3"), ("gssencmode", "disable"),
            ("dbname", configuration.url),
            ("application_name", configuration.applicationName), ("client_encoding", "UTF8"),
            ("options", options.joined(separator: " ")),
        ]
    }

    /// Never 0, which means no limit.
    private static func milliseconds(_ limit: Duration) -> Int64 { max(1, Int64((limit / .milliseconds(1)).rounded(.up))) }

    /// Session options that the operator put into the URL stay, beside ours.
    private static func options(inURL url: String) -> String? {
        guard let parsed = PQconninfoParse(url, nil) else { return nil }
        defer { PQconninfoFree(parsed) }
        var option = parsed
        while let keyword = option.pointee.keyword {
            if strcmp(keyword, "options") == 0, let value = option.pointee.val { return String(cString: value) }
            option += 1
        }
        return nil
    }

    /// Connects; blocks until that is decided.
    func connect() -> OpaquePointer? {
        var names = parameters.map { strdup($0.name) } + [nil]
        var values = parameters.map { strdup($0.value) } + [nil]
        defer { for text in names + values { free(text) } }
        return names.withUnsafeMutableBufferPointer { names in
            values.withUnsafeMutableBufferPointer { values in
                let (names, values) = (UnsafeRawBufferPointer(names), UnsafeRawBufferPointer(values))
                return PQconnectdbParams(
                    names.assumingMemoryBound(to: UnsafePointer<CChar>?.self).baseAddress,
                    values.assumingMemoryBound(to: UnsafePointer<CChar>?.self).baseAddress, 1)
            }
        }
    }
}
