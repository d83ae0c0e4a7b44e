import AuthContract
import ContractKit

enum OrganizationRules {
    /// - Throws: ``Problem`` `.validation` for more than ten taxes, or two of one code.
    static func check(_ taxes: [OrganizationCreated.Tax]) throws {
        if taxes.count > 10 { throw Problem.invalid("#/tax_rates", "must be at most 10") }
        for (index, tax) in taxes.enumerated() where taxes[..<index].contains(where: { $0.code == tax.code }) {
            throw Problem.invalid("#/tax_rates/\(index)/code", "is there already")
        }
    }

    /// A trainer on their own is whom members book.
    static func ownerRoles(_ kind: OrganizationKind) -> [Role] { kind == .solo ? [.owner, .trainer] : [.owner] }
}
