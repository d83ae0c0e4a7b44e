public import Foundation

/// A folder of its own, readable by nobody else.
public struct TemporaryDirectory: Sendable {
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("palestra-\(UUID().uuidString.lowercased())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    /// A file or folder in it, which need not exist.
    public func url(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// Writes a file of owner-only access into it.
    public func write(_ text: String, to name: String) throws -> URL {
        let file = url(name)
        guard FileManager.default.createFile(atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
            throw TestSupportError("\(file.path) cannot be written")
        }
        return file
    }

    /// Removes it and what is in it. That something is left is no reason for a test to fail.
    public func remove() { try? FileManager.default.removeItem(at: url) }
}

/// Lends a folder and removes it afterwards.
public func withTemporaryDirectory<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TemporaryDirectory) async throws -> Result
) async throws -> Result {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    return try await body(directory)
}
