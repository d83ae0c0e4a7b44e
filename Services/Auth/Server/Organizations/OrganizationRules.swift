import AuthContract
import ContractKit
import Foundation

enum OrganizationRules {
    /// - Throws: ``Problem`` `.validation` for more than ten taxes, or two of one code.
    static func check(_ taxes: [OrganizationCreated.Tax]) throws {
        if taxes.count > 10 { throw Problem.invalid("#/tax_rates", "must be at most 10") }
        for (index, tax) in taxes.enumerated() where taxes[..<index].contains(where: { $0.code == tax.code }) {
            throw Problem.invalid("#/tax_rates/\(index)/code", "is there already")
        }
    }

    /// - Throws: ``Problem`` `.validation` for more than twenty.
    static func check(_ links: [SocialLink]) throws {
        if links.count > 20 { throw Problem.invalid("#/social_links", "must be at most 20") }
    }

    /// For how long a deleted organization can be taken back, in seconds.
    static let undoTime = 30 * 86_400.0

    /// - Throws: ``Problem`` `.notFound` for a deleted one: it is taken back first.
    static func suspended(_ before: OrganizationStore.Standings) throws -> Standing {
        if before.deletedAt != nil { throw Problem.notFound }
        return .suspended
    }

    static func reactivated(_ before: OrganizationStore.Standings) throws -> Standing {
        if before.deletedAt != nil { throw Problem.notFound }
        return .active
    }

    /// As it was before.
    ///
    /// - Throws: ``Problem`` `.notDeleted`, `.deletedTooLongAgo`.
    static func restored(_ before: OrganizationStore.Standings, now: Date) throws -> Standing {
        guard let deletedAt = before.deletedAt else { throw Problem(.notDeleted) }
        guard now.timeIntervalSince(deletedAt) < undoTime else { throw Problem(.deletedTooLongAgo) }
        return before.isActive ? .active : .suspended
    }

    /// A trainer on their own is whom members book.
    static func ownerRoles(_ kind: OrganizationKind) -> [Role] { kind == .solo ? [.owner, .trainer] : [.owner] }
}
