/// A PNG image, chunk by chunk. Pure.
///
/// What is needed to show it stays; texts, times, EXIF, what programs keep for themselves and what hangs behind the end go. Of a moving
/// picture the first one stays.
///
/// Source: W3C Portable Network Graphics, third edition.
enum PNGChunks {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private static let shown: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs", "hIST", "cICP",
    ]

    /// Nil for what is no whole image.
    static func cleaned(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.starts(with: signature) else { return nil }
        let reader = ByteReader(bytes: bytes)
        var kept = signature
        kept.reserveCapacity(bytes.count)
        var (at, hasData) = (signature.count, false)
        while true {
            guard let length = reader.number(at, bytes: 4), let chunk = reader.slice(at, length + 12),
                let sum = reader.number(at + 8 + length, bytes: 4), sum == CRC32.sum(chunk.dropFirst(4).dropLast(4))
            else { return nil }
            let name = String(decoding: chunk.dropFirst(4).prefix(4), as: UTF8.self)
            guard (name == "IHDR") == (at == signature.count), name.utf8.allSatisfy(isLetter) else { return nil }
            if name == "IHDR" {
                guard length == 13, let width = reader.number(at + 8, bytes: 4), let height = reader.number(at + 12, bytes: 4),
                    FileCheck.isShowable(width: width, height: height)
                else { return nil }
            }
            if name == "IDAT" { hasData = true }
            if shown.contains(name) {
                kept += chunk
            } else if isNeeded(name) {
                // Whoever does not know such a chunk cannot show the image.
                return nil
            }
            at += length + 12
            if name == "IEND" { return hasData ? kept : nil }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    private static func isNeeded(_ name: String) -> Bool { name.utf8.first.map { (65...90).contains($0) } ?? true }
}

/// The checksum of PNG's chunks, as zlib has it.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { number in
        (0..<8).reduce(UInt32(number)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1 }
    }

    static func sum(_ bytes: ArraySlice<UInt8>) -> Int {
        let rest = bytes.reduce(UInt32.max) { rest, byte in table[Int((rest ^ UInt32(byte)) & 0xFF)] ^ rest >> 8 }
        return Int(rest ^ .max)
    }
}
