public import Foundation

/// What kind of members' data an answer shows: the record type of its rows in the audit log.
public enum MemberData: String, Words {
    /// Who they are and how they are reached.
    case client = "client_data"
    /// When they come and where they train.
    case booking = "booking_data"
    /// What they can do and how they are.
    case health = "health_data"
    case financial = "financial_data"
}

/// An answer that says whose data it shows: what every operation with ``APIOperation/reads`` answers.
public protocol ShowsMembers {
    var shown: [ShownMember] { get }
}

/// A member whose data somebody sees.
public struct ShownMember: Sendable, Hashable {
    public var memberID: PersonID
    /// The booking, workout or invoice that is seen; nil when it is the member.
    public var id: UUID?

    public init(_ memberID: PersonID, id: UUID? = nil) { (self.memberID, self.id) = (memberID, id) }
}

extension Page: ShowsMembers where Item: ShowsMembers {
    public var shown: [ShownMember] { data.flatMap(\.shown) }
}

/// What somebody does with members' data that they are shown: the header `Access-Kind`.
public enum AccessKind: String, Words {
    case view, export, print
}

/// What somebody needs members' data for: the header `Access-Purpose`.
public enum AccessPurpose: String, Words {
    case treatment, payment, operations
}
