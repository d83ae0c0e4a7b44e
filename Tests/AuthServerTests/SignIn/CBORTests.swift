import Foundation
import Testing

@testable import AuthServer

@Suite struct CBORTests {
    private func bytes(_ hex: String) -> Data {
        let digits = Array(hex)
        return Data(stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! })
    }

    /// From RFC 8949, appendix A.
    @Test func whatIsInItsOneSpellingIsRead() throws {
        let examples: [(String, CBOR)] = [
            ("00", .integer(0)), ("17", .integer(23)), ("1818", .integer(24)), ("1903e8", .integer(1000)),
            ("1a000f4240", .integer(1_000_000)),
            ("1b000000e8d4a51000", .integer(1_000_000_000_000)), ("20", .integer(-1)), ("3863", .integer(-100)),
            ("3903e7", .integer(-1000)),
            ("f4", .bool(false)), ("f5", .bool(true)), ("f6", .null), ("40", .bytes(Data())), ("4401020304", .bytes(Data([1, 2, 3, 4]))),
            ("60", .text("")), ("6449455446", .text("IETF")), ("62c3bc", .text("ü")), ("80", .array([])),
            ("8301820203820405", .array([.integer(1), .array([.integer(2), .integer(3)]), .array([.integer(4), .integer(5)])])),
            ("a0", .map([:])), ("a201020304", .map([.integer(1): .integer(2), .integer(3): .integer(4)])),
            ("a26161016162820203", .map([.text("a"): .integer(1), .text("b"): .array([.integer(2), .integer(3)])])),
            // As COSE has them: 1, 3, -1, -2.
            (
                "a401020326200121f5",
                .map([.integer(1): .integer(2), .integer(3): .integer(-7), .integer(-1): .integer(1), .integer(-2): .bool(true)])
            ),
        ]
        for (hex, value) in examples { #expect(try CBORReader.value(bytes(hex)) == value, "\(hex)") }
    }

    @Test func whatIsNotIsRefused() {
        let examples = [
            "", "1817", "190018", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817", "5817", "580001", "1c", "1f", "5f4101ff",
            "7f6161ff",
            "9f01ff", "bf0102ff", "ff", "c0", "c11a514b67b0", "d81845", "f0", "f7", "f818", "f820", "f93c00", "fa47c35000",
            "fb3ff199999999999a",
            "61ff", "62c328", "4201", "8201", "a101", "0000", "f6f6", "1bffffffffffffffff", "3bffffffffffffffff", "5bffffffffffffffff",
            "9bffffffffffffffff", "bbffffffffffffffff", "9b0000000100000000", "a2010201ff", "a201020103", "a203040102", "a2200101f5",
            "a2616201616102", "a2626161016162f5", "8181818181", "a101a101a101a101a1",
        ]
        for hex in examples { #expect(throws: CBORReader.Malformed()) { try CBORReader.value(bytes(hex)) } }
        #expect(throws: CBORReader.Malformed()) { try CBORReader.value(Data(repeating: 0x81, count: 100_000)) }
    }

    /// Nothing that comes from outside is worth a crash or a wait.
    @Test func whateverComesIsReadOrRefused() {
        var chance = SystemRandomNumberGenerator()
        var read = 0
        for _ in 0..<50_000 {
            let data = Data((0..<Int.random(in: 1...40, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) })
            if (try? CBORReader.value(data)) != nil { read += 1 }
        }
        #expect(read > 0)
    }
}
