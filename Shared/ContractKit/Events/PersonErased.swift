import Foundation

/// A service has erased a person: what became of their rows in each of its tables.
///
/// Each service says it of itself; auth, which asked for it, collects what they say.
public struct PersonErased<Service: ServiceContract>: Event, Equatable {
    public static var type: String { "\(Service.name).person.erased.v1" }
    public static var summary: String { "The \(Service.name) service has erased a person" }

    public var organizationID: OrganizationID
    public var erasureRequestID: ErasureRequestID
    public var personID: PersonID
    public var deeds: [ErasureDeed]

    public var aggregate: Aggregate { Aggregate("erasure_request", erasureRequestID, version: 1) }

    public init(organizationID: OrganizationID, erasureRequestID: ErasureRequestID, personID: PersonID, deeds: [ErasureDeed]) {
        self.organizationID = organizationID
        self.erasureRequestID = erasureRequestID
        self.personID = personID
        self.deeds = deeds
    }
}

public enum ErasureRequestTag {}
public typealias ErasureRequestID = Identifier<ErasureRequestTag>

/// What became of a person's rows in one table.
public struct ErasureDeed: Codable, Sendable, Equatable {
    /// The table, without its schema.
    public var table: String
    public var outcome: ErasureOutcome
    public var rows: Int
    /// Why the rows stay, where they do.
    @Nullable public var reason: String?

    public init(table: String, outcome: ErasureOutcome, rows: Int, reason: String? = nil) {
        self.table = table
        self.outcome = outcome
        self.rows = rows
        self.reason = reason
    }
}

public enum ErasureOutcome: String, Words {
    case deleted
    /// The row is somebody else's, or nobody's, and does not name the person any more.
    case blanked
    /// The row stays, under a made-up id that leads to nobody.
    case pseudonymized
    /// The row stays as it is, without anything that can be read of the person but their id.
    case kept
}

extension Identifier where Tag == PersonTag {
    /// A made-up id that takes the place of somebody who was erased: random, and kept nowhere beside the one that it replaces. A UUIDv8,
    /// so that nobody takes it for a person.
    public static func pseudonym() -> PersonID {
        var bytes = UUID().uuid
        bytes.6 = 0x80 | bytes.6 & 0x0F
        return PersonID(rawValue: UUID(uuid: bytes))
    }

    public var isPseudonym: Bool { rawValue.uuid.6 >> 4 == 8 }
}
