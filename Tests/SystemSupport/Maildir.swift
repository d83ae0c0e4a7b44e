import Foundation

/// The mail that was delivered, as the catcher keeps it.
struct Maildir: Sendable {
    let folder: URL

    struct Mail: Sendable {
        var headers: String
        var body: String
    }

    /// What was sent to this address, in no particular order.
    func messages(to address: String) throws -> [Mail] {
        let new = folder.appendingPathComponent("new")
        // Nothing was delivered yet.
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: new.path) else { return [] }
        return try files.map { try mail(at: new.appendingPathComponent($0)) }.filter { $0.headers.contains("To: \(address)") }
    }

    private func mail(at file: URL) throws -> Mail {
        let lines = String(decoding: try Data(contentsOf: file), as: UTF8.self).replacing("\r\n", with: "\n")
        let parts = lines.split(separator: "\n\n", maxSplits: 1)
        let body = parts.count == 2 ? Data(base64Encoded: String(parts[1]), options: .ignoreUnknownCharacters) ?? Data() : Data()
        return Mail(headers: String(parts.first ?? ""), body: String(decoding: body, as: UTF8.self))
    }
}
