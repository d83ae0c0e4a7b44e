public import ContractKit
import Foundation

/// Small files that are what they say, with what should not be kept of them.
public enum SampleFiles {
    /// Stands wherever a camera or a program might have written something.
    public static let secret = "SECRET 43.6532N 79.3832W"

    public static func pdf(_ words: String = "") -> FileContent {
        FileContent(
            .pdf,
            Data("%PDF-1.7\n%\(words)\n1 0 obj\n<</Type/Catalog>>\nendobj\nxref\n0 1\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n".utf8)
        )
    }

    /// One grey dot. - Parameter orientation: As EXIF has it; 0 for an image that nothing is known of.
    public static func jpeg(orientation: UInt8 = 0, isLittle: Bool = false) -> FileContent {
        let words = Array(secret.utf8)
        var bytes: [UInt8] = [0xFF, 0xD8] + segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0])
        if orientation > 0 {
            bytes += segment(0xE1, exif(orientation, isLittle: isLittle))
            bytes += segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + words)
            bytes += segment(0xED, Array("Photoshop 3.0\0".utf8) + words) + segment(0xFE, words) + segment(0xE5, words)
            bytes += segment(0xE0, Array("JFXX\0".utf8) + words)
        }
        bytes += segment(0xDB, [0] + Array(repeating: 1, count: 64))
        bytes += segment(0xC0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0])
        // One code each: the difference of none, and the end of the block.
        bytes += segment(0xC4, [0x00, 1] + Array(repeating: 0, count: 15) + [0])
        bytes += segment(0xC4, [0x10, 1] + Array(repeating: 0, count: 15) + [0])
        bytes += segment(0xDA, [1, 1, 0, 0, 63, 0]) + [0x3F, 0xFF, 0xD9]
        // Telephones keep a film there.
        if orientation > 0 { bytes += words }
        return FileContent(.jpeg, Data(bytes))
    }

    /// One black dot. - Parameter hasSecrets: Whether there are texts beside it.
    public static func png(hasSecrets: Bool = false) -> FileContent {
        let words = Array(secret.utf8)
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        bytes += chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]) + chunk("gAMA", [0, 0, 0xB1, 0x8F])
        if hasSecrets {
            for name in ["tEXt", "zTXt", "iTXt", "eXIf", "tIME", "prVt"] { bytes += chunk(name, words) }
        }
        bytes += chunk("IDAT", [0x78, 0x01, 1, 2, 0, 0xFD, 0xFF, 0, 0, 0, 2, 0, 1]) + chunk("IEND", [])
        if hasSecrets { bytes += words }
        return FileContent(.png, Data(bytes))
    }

    public static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xFF)] + content
    }

    public static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let checked = Array(name.utf8) + content
        return big(content.count) + checked + big(Int(sum(checked)))
    }

    private static func exif(_ orientation: UInt8, isLittle: Bool) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let bytes = big(value).suffix(count)
            return isLittle ? bytes.reversed() : Array(bytes)
        }
        let words = Array(secret.utf8)
        let order = Array((isLittle ? "II" : "MM").utf8)
        // The maker's name lies behind the directory.
        return Array("Exif\0\0".utf8) + order + number(42, 2) + number(8, 4) + number(2, 2)
            + number(0x010F, 2) + number(2, 2) + number(words.count, 4) + number(38, 4)
            + number(0x0112, 2) + number(3, 2) + number(1, 4) + number(Int(orientation), 2) + number(0, 2) + number(0, 4) + words
    }

    private static func big(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) } }

    private static func sum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { rest, byte in
            (0..<8).reduce(rest ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1 }
        }
    }
}
