/// An ISO 4217 currency code, three capital letters. Whether such a currency exists is the organization's own statement.
public struct CurrencyCode: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        guard rawValue.utf8.count == 3, rawValue.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        self.rawValue = rawValue
    }

    public static let rule = "must be a three-letter currency code such as CAD"
    public static let schema: JSONValue = ["type": "string", "pattern": "^[A-Z]{3}$"]
    public static var example: Self { Self(trusted: "CAD") }
    private init(trusted: String) { self.rawValue = trusted }
}

/// An amount of money in minor units (cents) of one currency. Never a fraction, never floating point.
public struct Money: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Minor units, -10^13 to 10^13: no sum of the product's own amounts can leave `Int64`.
    public let amount: Int64
    public let currency: CurrencyCode

    public static let limit: Int64 = 10_000_000_000_000

    /// - Precondition: `amount` lies within ``limit``; amounts from outside come through decoding, which refuses others.
    public init(amount: Int64, currency: CurrencyCode) {
        precondition((-Self.limit...Self.limit).contains(amount), "an amount of money is out of range")
        self.amount = amount
        self.currency = currency
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        amount = try container.decode(Amount.self, forKey: .amount).rawValue
        currency = try container.decode(CurrencyCode.self, forKey: .currency)
    }

    public var description: String { "\(amount) \(currency)" }

    private enum CodingKeys: String, CodingKey { case amount, currency }

    private struct Amount: RuledValue {
        let rawValue: Int64
        init?(rawValue: Int64) {
            // Not by `abs`, which traps on the smallest number there is.
            guard (-Money.limit...Money.limit).contains(rawValue) else { return nil }
            self.rawValue = rawValue
        }
        static let rule = "must be a whole number of minor units between -10^13 and 10^13"
        static let schema: JSONValue = [
            "type": "integer", "format": "int64", "minimum": .int(Int(-Money.limit)), "maximum": .int(Int(Money.limit)),
        ]
        static let example = Self(5000)
        init(_ value: Int64) { rawValue = value }
    }
}

extension Money: JSONWritable {
    public func write(to json: inout JSONBytes) {
        json.object {
            $0.member("amount", amount)
            $0.member("currency", currency)
        }
    }
}

/// A tax rate as an exact decimal fraction: `0.05` is five percent, kept as 50,000 millionths.
public struct TaxRate: RuledValue {
    /// The text form, without trailing zeros: `0.09975`.
    public let rawValue: String
    /// 0 to 1,000,000.
    public let millionths: Int64

    public init?(rawValue: String) {
        let parts = rawValue.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first, head == "0" || head == "1" else { return nil }
        let digits = parts.count == 2 ? String(parts[1]) : "0"
        guard (1...6).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let fraction = Int64(digits + String(repeating: "0", count: 6 - digits.utf8.count))
        else { return nil }
        self.init(millionths: (head == "1" ? 1_000_000 : 0) + fraction)
    }

    /// `nil` outside 0 to 1,000,000.
    public init?(millionths: Int64) {
        guard (0...1_000_000).contains(millionths) else { return nil }
        self.millionths = millionths
        let whole = millionths / 1_000_000
        var digits = String(String(1_000_000 + millionths % 1_000_000).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        self.rawValue = digits.isEmpty ? "\(whole)" : "\(whole).\(digits)"
    }

    /// The tax on a subtotal in minor units, rounded half away from zero, once.
    public func tax(on subtotal: Int64) -> Int64 {
        let product = subtotal.multipliedFullWidth(by: millionths)
        let magnitude = product.high < 0 ? negated(product) : (UInt64(bitPattern: product.high), product.low)
        let (quotient, remainder) = UInt64(1_000_000).dividingFullWidth((magnitude.0, magnitude.1))
        let rounded = Int64(quotient) + (remainder >= 500_000 ? 1 : 0)
        return product.high < 0 ? -rounded : rounded
    }

    private func negated(_ value: (high: Int64, low: UInt64)) -> (UInt64, UInt64) {
        let low = ~value.low &+ 1
        return (~UInt64(bitPattern: value.high) &+ (low == 0 ? 1 : 0), low)
    }

    public static let rule = "must be a decimal fraction from 0 to 1 with at most six digits, as text: 0.05"
    public static let schema: JSONValue = ["type": "string", "pattern": "^(0(\\.[0-9]{1,6})?|1(\\.0{1,6})?)$"]
    public static var example: Self { Self(trusted: 50_000, "0.05") }
    private init(trusted: Int64, _ text: String) {
        millionths = trusted
        rawValue = text
    }
}
