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
