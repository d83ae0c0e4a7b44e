/// The name of a host of the web, in lower case: `www.iron-temple.example`. Names in other letters are written as DNS has them (`xn--`).
public struct HostName: RuledValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let name = rawValue.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.count >= 2, labels.allSatisfy(Self.isLabel),
            // What ends in digits is a network address.
            labels.last?.utf8.allSatisfy({ (48...57).contains($0) }) == false
        else { return nil }
        self.rawValue = name
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    public static let rule = "must be the name of a host, such as www.example.com"
    public static let schema: JSONValue = ["type": "string", "format": "hostname", "minLength": 3, "maxLength": 253]
    public static var example: Self { Self(trusted: "www.iron-temple.example") }
    private init(trusted: String) { self.rawValue = trusted }
}
