import Crypto
import Foundation
import ServiceKit

/// A list of passwords that were stolen somewhere, in a file that may be larger than memory: lines that begin with a SHA-1 in
/// hexadecimal, sorted, as Have I Been Pwned gives them out (`000000005AD76BD555C1D6D771DE417A4B87E4B4:10`).
///
/// The file is mapped, not read: a newer one takes its place by another name and a restart, never by writing over it.
struct BreachedPasswords: Sendable {
    private static let digits = 40
    /// Longer lines than any list has: what is not sorted lines of hashes must not be searched for their ends.
    private static let longestLine = 100
    private let bytes: Data

    /// - Throws: `SettingError` when the file cannot be read, or does not begin with a hash.
    init(file path: String) throws {
        guard let bytes = try? Data(contentsOf: URL(filePath: path), options: .alwaysMapped),
            bytes.count >= Self.digits, bytes.prefix(Self.digits).allSatisfy({ Self.value($0) != nil })
        else { throw SettingError("BREACHED_PASSWORDS_FILE: \(path) is no list of SHA-1 hashes") }
        self.bytes = bytes
    }

    /// Waits for the disk, a few dozen times at most: to be called where that keeps nobody waiting.
    func holds(_ password: String) -> Bool {
        let hash = Insecure.SHA1.hash(data: Data(password.utf8)).flatMap { [$0 >> 4, $0 & 15] }
        var (low, high) = (0, bytes.count)
        while low < high {
            let line = begin(of: (low + high) / 2, notBefore: low)
            switch compare(line, hash) {
            case 0: return true
            case ..<0: low = end(of: line)
            default: high = line
            }
        }
        return false
    }

    /// Where the line begins that `place` lies in.
    private func begin(of place: Int, notBefore low: Int) -> Int {
        var begin = place
        while begin > low, place - begin < Self.longestLine, bytes[begin - 1] != UInt8(ascii: "\n") { begin -= 1 }
        return begin
    }

    /// Where the next line begins.
    private func end(of line: Int) -> Int {
        var end = line
        while end < bytes.count, end - line < Self.longestLine {
            end += 1
            if bytes[end - 1] == UInt8(ascii: "\n") { break }
        }
        return end
    }

    /// Below 0 when the line's hash comes before `hash`. What is too short to hold one comes after all.
    private func compare(_ line: Int, _ hash: [UInt8]) -> Int {
        guard line + Self.digits <= bytes.count else { return 1 }
        for (place, digit) in hash.enumerated() {
            let difference = Int(Self.value(bytes[line + place]) ?? 16) - Int(digit)
            if difference != 0 { return difference }
        }
        return 0
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
