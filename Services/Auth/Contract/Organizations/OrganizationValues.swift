public import ContractKit

/// What sort of business an organization is.
public enum OrganizationKind: String, Words {
    case gym, studio, solo
}

public enum TaxCodeRule: TextRule {
    public static let length = 1...20
    public static let allowsLineBreaks = false
}

/// The short name of a tax, as it stands on an invoice: `gst`.
public typealias TaxCode = BoundedText<TaxCodeRule>

/// How people reach an organization: all three, or nothing is said of it.
public struct OrganizationContact: Codable, Sendable, Hashable {
    public var email: EmailAddress
    public var phone: PhoneNumber
    public var address: Address

    public init(email: EmailAddress, phone: PhoneNumber, address: Address) {
        self.email = email
        self.phone = phone
        self.address = address
    }
}

/// Where else an organization is found: `Instagram` at `https://...`.
public struct SocialLink: Codable, Sendable, Hashable {
    public var name: Line
    public var url: WebAddress

    public init(name: Line, url: WebAddress) {
        self.name = name
        self.url = url
    }
}
