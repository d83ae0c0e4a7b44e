import CCrypt
import Foundation

/// bcrypt as libcrypt computes it. Blocks for as long as the cost says: call it on ``PasswordHasher``'s thread only.
enum Bcrypt {
    /// The size of `struct crypt_data`, which its header fixes.
    private static let workspace = 32768

    /// A fresh salt with the cost in it: `$2b$12$...`.
    ///
    /// The cost is always given: left to the library it would be 5.
    static func setting(cost: Int, salt: [UInt8]) -> String? {
        var output = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let made = salt.withUnsafeBufferPointer { salt in
            salt.withMemoryRebound(to: CChar.self) { salt in
                crypt_gensalt_rn("$2b$", UInt(cost), salt.baseAddress, Int32(salt.count), &output, Int32(output.count)) != nil
            }
        }
        return made ? text(output) : nil
    }

    /// The hash of `phrase` by a setting or an earlier hash; nil when libcrypt refuses.
    ///
    /// - Parameter phrase: At most 72 bytes without NUL, or its end would not count.
    static func hash(_ phrase: [UInt8], by setting: String) -> String? {
        precondition(phrase.count <= 72 && !phrase.contains(0), "bcrypt would not see all of it")
        let work = UnsafeMutableRawPointer.allocate(byteCount: workspace, alignment: 16)
        memset(work, 0, workspace)
        // What the computation leaves behind leads back to the password.
        defer {
            explicit_bzero(work, workspace)
            work.deallocate()
        }
        var phrase = phrase.map(CChar.init(bitPattern:)) + [0]
        defer { explicit_bzero(&phrase, phrase.count) }
        guard let result = crypt_rn(phrase, setting, work, Int32(workspace)) else { return nil }
        let hash = String(cString: result)
        // Some entry points answer a failure with `*0`; whatever begins so is no hash.
        return hash.hasPrefix("*") ? nil : hash
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
