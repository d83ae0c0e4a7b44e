import ContractKit
import Crypto
import Foundation

/// Time-based one-time passwords as authenticator apps make them: RFC 6238 with SHA-1, six digits and steps of 30 seconds, the only
/// choice that all of them know.
struct TOTP: Sendable {
    static let period = 30.0

    let secret: Data

    /// A secret of 160 bits, the length of the hash.
    static func newSecret() -> Data { SymmetricKey(size: .init(bitCount: 160)).withUnsafeBytes { Data($0) } }

    /// What authenticator apps read from a QR code.
    func uri(for email: EmailAddress) -> String {
        let account = email.rawValue.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "otpauth://totp/Palestra:\(account)?secret=\(Base32.encode(secret))&issuer=Palestra&algorithm=SHA1&digits=6&period=30"
    }

    /// The number of a moment's step.
    static func step(at moment: Date) -> Int64 { Int64((moment.timeIntervalSince1970 / period).rounded(.down)) }

    func code(step: Int64) -> String {
        let counter = withUnsafeBytes(of: step.bigEndian) { Data($0) }
        let mac = Data(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(mac[19] & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The step that `code` is of: the one of `now`, or its neighbours for clocks that differ and people who type slowly.
    ///
    /// - Parameter lastStep: That of the last code that was good. It and all before it are spent: whoever looked over a shoulder is late.
    func step(of code: String, now: Date, after lastStep: Int64) -> Int64? {
        let current = Self.step(at: now)
        return [current, current - 1, current + 1].first { step in
            step > lastStep && constantTimeEqual(Data(self.code(step: step).utf8), Data(code.utf8))
        }
    }
}

/// RFC 4648 base32 without padding.
enum Base32 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encode(_ data: Data) -> String {
        var text: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        for byte in data {
            (bits, count) = (bits << 8 | UInt32(byte), count + 8)
            while count >= 5 {
                count -= 5
                text.append(digits[Int(bits >> UInt32(count) & 31)])
            }
        }
        if count > 0 { text.append(digits[Int(bits << UInt32(5 - count) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
