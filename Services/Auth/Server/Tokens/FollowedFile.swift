import Foundation
import Logging
import ServiceKit
import Synchronization

/// A setting's file that operators may change while the service runs: it is read again when it is asked for and half a minute has passed.
final class FollowedFile<Value: Sendable>: Sendable {
    struct Reading: Sendable {
        var value: Value
        /// Since when the file has been as it is.
        var changedAt: Date
    }

    static var interval: TimeInterval { 30 }

    private let path: String
    private let logger: Logger
    private let parse: @Sendable (String) throws -> Value
    private let last: Mutex<(reading: Reading, lookedAt: Date)>

    /// - Throws: What `parse` throws, and ``SettingError`` that names `setting`.
    init(_ setting: String, in settings: Settings, now: Date, logger: Logger, _ parse: @escaping @Sendable (String) throws -> Value) throws
    {
        path = try settings.path(setting)
        self.logger = logger
        self.parse = parse
        guard let reading = try Self.read(path, parse) else { throw SettingError("\(setting): \(path) cannot be read") }
        last = Mutex((reading, now))
    }

    /// The last good content. The file is small, local and read at most twice a minute: no thread of its own for it.
    func reading(now: Date) -> Reading {
        last.withLock { last in
            guard abs(now.timeIntervalSince(last.lookedAt)) >= Self.interval else { return last.reading }
            last.lookedAt = now
            do {
                if let reading = try Self.read(path, parse) { last.reading = reading }
            } catch {
                logger.error("a file stays as it was, the new one cannot be used", metadata: ["error": "\(error)"])
            }
            return last.reading
        }
    }

    private static func read(_ path: String, _ parse: (String) throws -> Value) throws -> Reading? {
        // The time first: a change between the two counts as a new one at the next look.
        guard let changedAt = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date,
            let data = FileManager.default.contents(atPath: path)
        else { return nil }
        return Reading(value: try parse(String(decoding: data, as: UTF8.self)), changedAt: changedAt)
    }
}
