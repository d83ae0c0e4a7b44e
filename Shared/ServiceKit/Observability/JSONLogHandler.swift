import ContractKit
public import Foundation
public import Logging
import Synchronization

/// One JSON object per line on standard output.
///
/// Our own, because swift-log ships only handlers for people: log collectors read one object per line, and a value with a
/// line break must not become two. Bodies, tokens and names never come here: callers log ids, classes and counts.
public struct JSONLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level
    private let label: String
    private let write: @Sendable (Data) -> Void

    public init(
        label: String, level: Logger.Level = .info, provider: Logger.MetadataProvider? = nil,
        write: @escaping @Sendable (Data) -> Void = { Self.standardOutput($0) }
    ) {
        self.label = label
        self.metadataProvider = provider
        self.logLevel = level
        self.write = write
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var members: [String: JSONValue] = [:]
        for (key, value) in metadata { members[key] = Self.json(value) }
        for (key, value) in metadataProvider?.get() ?? [:] { members[key] = Self.json(value) }
        for (key, value) in event.metadata ?? [:] { members[key] = Self.json(value) }
        if let error = event.error { members["error"] = .string("\(error)") }
        members["time"] = .string(Moment.text(Date()))
        members["level"] = .string(event.level.rawValue)
        members["logger"] = .string(label)
        members["message"] = .string("\(event.message)")
        guard var line = try? JSON.encode(JSONValue.object(members)) else { return }
        line.append(UInt8(ascii: "\n"))
        write(line)
    }

    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let values): .array(values.map(json))
        case .dictionary(let members): .object(members.mapValues(json))
        }
    }

    /// Held while something is written: a pipe takes much at once in pieces, between which another thread's line would land.
    private static let turn = Mutex(())

    /// Writes whole lines, so that those of several threads do not mix.
    public static func standardOutput(_ lines: Data) {
        turn.withLock { _ in
            lines.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let written = Foundation.write(1, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if written <= 0 { return }
                    rest = rest.dropFirst(written)
                }
            }
        }
    }
}
