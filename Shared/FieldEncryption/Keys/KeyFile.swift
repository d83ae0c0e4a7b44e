import Foundation

/// Master keys in a file: lines `kid base64(32 bytes)`; the first is used for new writes, the others only read.
///
/// New keys go on top, and seal two and a half minutes after the file was changed, unless they stand there alone: until then every process
/// has read them. The last line also keys the blind indexes and stays for good. Empty lines and lines that begin with `#` are skipped.
public struct KeyFile: KeyProvider {
    private let path: String

    public init(_ path: String) { self.path = path }

    /// Whoever takes the file away stops the next start, not what runs.
    public var lease: Duration? { nil }

    public func masterKeys() async throws -> MasterKeys { try read(now: Date()) }

    func read(now: Date) throws -> MasterKeys {
        // The time first: a change between the two is taken for a new one at the next look.
        let changedAt = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
        guard let changedAt, let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw FieldEncryptionError.keys("the key file \(path) cannot be read")
        }
        var keys: [MasterKeys.Key] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty || words[0].hasPrefix("#") { continue }
            guard words.count == 2, let key = Data(base64Encoded: String(words[1])), key.count == 32 else {
                throw FieldEncryptionError.keys("line \(index + 1) of the key file \(path) is not a key id and 32 bytes in base64")
            }
            keys.append(MasterKeys.Key(id: String(words[0]), bytes: key))
        }
        let isSettled = now.timeIntervalSince(changedAt) >= MasterKeys.handover
        do { return try MasterKeys(keys, sealing: isSettled || keys.count < 2 ? 0 : 1) } catch FieldEncryptionError.keys(let reason) {
            throw FieldEncryptionError.keys("the key file \(path): \(reason)")
        }
    }
}
