public import ContractKit
public import Foundation

/// Bytes in base64url without padding, in their one spelling: what web authentication speaks. At most 16 KiB of them.
public struct Base64URL: RuledValue {
    public static let limit = 16 * 1024

    public let rawValue: String
    public let data: Data

    public init?(rawValue: String) {
        guard (1...(Self.limit * 4 + 2) / 3).contains(rawValue.utf8.count), rawValue.utf8.allSatisfy(Self.isDigit) else { return nil }
        let standard = rawValue.replacing("-", with: "+").replacing("_", with: "/")
        guard let data = Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)),
            Self.text(data) == rawValue
        else { return nil }
        self.rawValue = rawValue
        self.data = data
    }

    public init(_ data: Data) { (self.data, rawValue) = (data, Self.text(data)) }

    private static func text(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
    }

    public static let rule = "must be base64url without padding, of 1 byte to 16 KiB"
    public static let schema: JSONValue = ["type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 2, "maxLength": 21846]
    public static var example: Self { Self(Data("example".utf8)) }
}
