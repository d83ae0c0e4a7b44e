import Crypto
public import Foundation

/// How a sealed file is laid out: a version byte, a salt (32), then chunks, each ciphertext and tag (16).
///
/// The chunks are under a key of the file's own, which follows from the person's key, the salt and the context. Their nonces count, and the
/// last one says that it is the last: chunks that are left out, put elsewhere or cut off do not open.
enum FileSeal {
    static let version: UInt8 = 1
    static let headLength = 33
    static let chunk = 256 << 10
    static let tag = 16

    static func key(_ data: DataKey, head: Data, context: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: data.key, salt: head.dropFirst(), info: Data("palestra/v1/file/\(context)".utf8), outputByteCount: 32)
    }

    /// Eleven bytes of the chunk's number, and one that is 1 for the last.
    static func nonce(_ number: Int, isLast: Bool) throws -> AES.GCM.Nonce {
        var bytes = Data(count: 3)
        bytes.append(contentsOf: withUnsafeBytes(of: UInt64(number).bigEndian, Array.init))
        bytes.append(isLast ? 1 : 0)
        return try AES.GCM.Nonce(data: bytes)
    }

    /// Where the chunks of `count` bytes lie, each of `length` but the last: one at least.
    static func chunks(of count: Int, length: Int) -> [Range<Int>] {
        if count == 0 { return [0..<0] }
        return stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
    }
}

extension DataKey {
    /// How long a file of so many bytes is when it is sealed.
    public static func sealedLength(of count: Int) -> Int {
        FileSeal.headLength + count + FileSeal.chunks(of: count, length: FileSeal.chunk).count * FileSeal.tag
    }

    /// Seals a file. `context` names the organization, the person and the file: what is put in another's place does not open.
    public func sealFile(_ plain: Data, context: String) throws -> Data {
        let salt = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let head = Data([FileSeal.version]) + salt
        let fileKey = FileSeal.key(self, head: head, context: context)
        var sealed = head
        sealed.reserveCapacity(Self.sealedLength(of: plain.count))
        let chunks = FileSeal.chunks(of: plain.count, length: FileSeal.chunk)
        for (number, range) in chunks.enumerated() {
            let nonce = try FileSeal.nonce(number, isLast: number == chunks.count - 1)
            let part = plain[plain.startIndex + range.lowerBound..<plain.startIndex + range.upperBound]
            let box = try AES.GCM.seal(part, using: fileKey, nonce: nonce, authenticating: head)
            sealed.append(box.ciphertext)
            sealed.append(box.tag)
        }
        return sealed
    }

    /// - Throws: ``FieldEncryptionError`` when it was sealed elsewhere, for something else, or changed or cut since.
    public func openFile(_ sealed: Data, context: String) throws -> Data {
        let head = Data(sealed.prefix(FileSeal.headLength))
        guard head.count == FileSeal.headLength, head.first == FileSeal.version else { throw FieldEncryptionError.malformed }
        let fileKey = FileSeal.key(self, head: head, context: context)
        let body = sealed.dropFirst(FileSeal.headLength)
        var plain = Data()
        plain.reserveCapacity(body.count)
        let chunks = FileSeal.chunks(of: body.count, length: FileSeal.chunk + FileSeal.tag)
        for (number, range) in chunks.enumerated() {
            guard range.count >= FileSeal.tag else { throw FieldEncryptionError.malformed }
            let part = body[body.startIndex + range.lowerBound..<body.startIndex + range.upperBound]
            do {
                let box = try AES.GCM.SealedBox(
                    nonce: FileSeal.nonce(number, isLast: number == chunks.count - 1), ciphertext: part.dropLast(FileSeal.tag),
                    tag: part.suffix(FileSeal.tag))
                plain.append(try AES.GCM.open(box, using: fileKey, authenticating: head))
            } catch {
                throw FieldEncryptionError.doesNotOpen
            }
        }
        return plain
    }
}
