import Foundation

/// The same numbers each time for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Makes inputs that are nearly valid: those get further into a parser than noise does.
struct Mutator {
    private var source: Seeded
    private let samples: [[UInt8]]

    init(_ samples: [[UInt8]], seed: UInt64) { (self.samples, source) = (samples, Seeded(state: seed)) }

    /// What parsers trip over: signs of all the grammars here, ends of ranges, broken and unusual Unicode.
    private static let pieces: [[UInt8]] =
        [
            "", "\0", "\n", "\r\n", "\r", "\t", " ", "\"", "\\", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "{", "}", "[", "]",
            "[[[[", ":", ",", ".",
            "..", "/", "%", "%00", "%2f", "%2e", "%ff", "%zz", "&", "=", "?", "#", ";", "+", "-", "_", "=", "==", "null", "true", "0", "-0",
            "1e400", "1e-400",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "99999999999999999999999", "0.1", "NaN", "1e5", "{}",
            "[]", "{\"a\":1,\"a\":1}",
            "é", "e\u{301}", "\u{202E}", "\u{FEFF}", "👩‍👧", "🇨🇦🇨🇦", "ﷺ", "\u{2028}", "HTTP/1.1 ", "Content-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\n", "0\r\n\r\n",
            "ffffffffffffffff\r\n", "Connection: close, x\r\n", "eyJhIjoxfQ", "W10", "2026-02-30T25:61:61Z", "0000-00-00", "+99:99",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5], [0x80], [0xF0, 0x9F]]

    mutating func next() -> [UInt8] {
        var bytes = samples.randomElement(using: &source) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &source) { change(&bytes) }
        return bytes.count > 100_000 ? Array(bytes.prefix(100_000)) : bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &source)
        let end = min(bytes.count, place + Int.random(in: 0...16, using: &source))
        switch Int.random(in: 0..<9, using: &source) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &source)
        case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &source)
        case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &source) ?? [], at: place)
        case 3: bytes.replaceSubrange(place..<end, with: Self.pieces.randomElement(using: &source) ?? [])
        case 4: bytes.removeSubrange(place..<end)
        case 5: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 6: bytes.removeSubrange(place...)
        case 7: bytes = bytes[..<place] + (samples.randomElement(using: &source) ?? []).suffix(Int.random(in: 0...200, using: &source))
        default:
            let piece = Self.pieces.randomElement(using: &source) ?? []
            let times = [3, 20, 300].randomElement(using: &source) ?? 3
            bytes.insert(contentsOf: (0..<times).flatMap { _ in piece }, at: place)
        }
    }
}
