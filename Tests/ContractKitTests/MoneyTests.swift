import ContractKit
import Foundation
import Testing

@Suite struct MoneyTests {
    private func money(_ amount: String) throws -> Money {
        try JSON.decode(Money.self, from: Data(#"{"amount":\#(amount),"currency":"CAD"}"#.utf8))
    }

    @Test func `Amounts keep to their range`() throws {
        #expect(try money("10000000000000").amount == Money.limit)
        #expect(try money("-10000000000000").amount == -Money.limit)
        for amount in ["10000000000001", "-10000000000001", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1.5"] {
            #expect(throws: DecodingError.self, "\(amount)") { try money(amount) }
        }
    }

    @Test(arguments: [
        ("0.05", 50_000), ("0.09975", 99_750), ("1", 1_000_000), ("0", 0), ("0.000001", 1), ("1.000", 1_000_000), ("0.130000", 130_000),
    ])
    func `A rate is an exact fraction`(text: String, millionths: Int64) throws {
        #expect(try #require(TaxRate(rawValue: text)).millionths == millionths)
    }

    @Test(arguments: ["", "5%", ".05", "0.", "0.0000001", "1.01", "2", "-0.05", "0,05", "00.05", "1e-2", " 0.05", "0.05 "])
    func `What is no rate`(text: String) { #expect(TaxRate(rawValue: text) == nil) }

    @Test func `A rate is written without needless zeros`() {
        #expect(TaxRate(rawValue: "0.1300")?.rawValue == "0.13")
        #expect(TaxRate(rawValue: "1.0")?.rawValue == "1")
        #expect(TaxRate(millionths: 0)?.rawValue == "0")
    }

    @Test(arguments: [
        ("0.05", 5000, 250), ("0.09975", 5000, 499), ("0.05", 10, 1), ("0.05", 9, 0), ("0.05", 30, 2), ("0.05", 29, 1),
        ("0.05", -10, -1), ("0.05", -9, 0), ("0.05", -30, -2), ("0.09975", -5000, -499), ("1", 7, 7), ("0", 7, 0),
        ("0.5", 1, 1), ("0.5", -1, -1), ("0.5", 3, 2), ("0.5", -3, -2),
        ("0.13", 10_000_000_000_000, 1_300_000_000_000), ("0.13", -10_000_000_000_000, -1_300_000_000_000),
    ])
    func `Tax rounds half away from zero, once`(rate: String, subtotal: Int64, tax: Int64) throws {
        #expect(try #require(TaxRate(rawValue: rate)).tax(on: subtotal) == tax)
    }

    @Test func `Tax agrees with decimal arithmetic`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let rate = try #require(TaxRate(millionths: Int64.random(in: 0...1_000_000, using: &random)))
            let subtotal = Int64.random(in: -Money.limit...Money.limit, using: &random)
            var exact = Decimal(subtotal) * Decimal(rate.millionths) / 1_000_000
            var rounded = Decimal()
            NSDecimalRound(&rounded, &exact, 0, .plain)
            #expect(Decimal(rate.tax(on: subtotal)) == rounded, "\(subtotal) at \(rate)")
        }
    }
}
