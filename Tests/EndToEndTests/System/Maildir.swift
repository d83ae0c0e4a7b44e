import Foundation

/// The mail that was delivered, as the catcher keeps it.
struct Maildir: Sendable {
    let folder: URL

    /// Whole messages, headers and all, to this address.
    func messages(to address: String) throws -> [String] {
        let new = folder.appendingPathComponent("new")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: new.path)) ?? []
        return try files.sorted()
            .map { String(decoding: try Data(contentsOf: new.appendingPathComponent($0)), as: UTF8.self) }
            .filter { $0.contains(address) }
    }
}
