public import Foundation

/// The checkout that these tests were built from.
public enum Repository {
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A file or folder by its path below the root: `deploy/postgres/migrate`.
    public static func url(_ path: String) -> URL { root.appendingPathComponent(path) }
}
