import AuthContract
import ContractKit
import Foundation
import Testing

@testable import AuthServer

@Suite struct TOTPTests {
    // RFC 6238, appendix B: eight digits there, of which six are the last.
    let totp = TOTP(secret: Data("12345678901234567890".utf8))

    @Test(
        "codes are those of RFC 6238",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ])
    func codesAreThoseOfTheStandard(seconds: Double, code: String) {
        #expect(totp.code(step: TOTP.step(at: Date(timeIntervalSince1970: seconds))) == code.suffix(6))
    }

    @Test("Row 34: a code is good for its step and the neighbours, and never again")
    func aCodeIsGoodForItsStepAndTheNeighboursAndNeverAgain() {
        let now = Date(timeIntervalSince1970: 1_772_359_200)
        let step = TOTP.step(at: now)
        for offset in -3...3 as ClosedRange<Int64> {
            let found = totp.step(of: totp.code(step: step + offset), now: now, after: 0)
            #expect(found == (abs(offset) <= 1 ? step + offset : nil))
        }
        #expect(totp.step(of: totp.code(step: step), now: now, after: step) == nil)
        #expect(totp.step(of: totp.code(step: step - 1), now: now, after: step) == nil)
        #expect(totp.step(of: totp.code(step: step + 1), now: now, after: step) == step + 1)
    }

    @Test(
        "base32 is that of RFC 4648",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
        ])
    func base32IsThatOfTheStandard(bytes: String, text: String) {
        #expect(Base32.encode(Data(bytes.utf8)) == text)
    }

    @Test("Row 34: what somebody types is a code or is refused") func whatSomebodyTypesIsACodeOrIsRefused() {
        for text in ["123456", "123 456", "123-456", "abcd-efgh-2345-7klm", "ABCDEFGH23457KLM"] {
            #expect(SecondFactorCode(rawValue: text) != nil, "\(text)")
        }
        for text in ["", "12345", "1234567", "12345a", "abcd-efgh-2345-7kl", "abcd-efgh-2345-1klm", "１２３４５６", "123\u{0}56"] {
            #expect(SecondFactorCode(rawValue: text) == nil, "\(text)")
        }
        #expect("\(SecondFactorCode(rawValue: "123456")!)" == "(code)")
    }

    @Test func theAddressOfAQRCodeNamesTheAccount() {
        let uri = totp.uri(for: EmailAddress(rawValue: "ada+gym@example.com")!)
        #expect(
            uri
                == "otpauth://totp/Palestra:ada%2Bgym%40example%2Ecom?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Palestra&algorithm=SHA1&digits=6&period=30"
        )
    }
}
