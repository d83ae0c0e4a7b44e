import Foundation

/// A service has gathered a part of what it holds of a person; the last one says so.
///
/// Each service says it of itself; auth, which asked for it, puts the parts together. One after the other, they are lines of a table's name, a
/// space and a row as JSON: a line may begin in one part and end in the next.
public struct PersonExported<Service: ServiceContract>: Event, Equatable {
    public static var type: String { "\(Service.name).person.exported.v1" }
    public static var summary: String { "The \(Service.name) service has gathered a part of what it holds of a person" }

    public var organizationID: OrganizationID
    public var exportID: ExportID
    public var personID: PersonID
    /// From 1.
    public var number: Int
    public var isLast: Bool
    /// Sealed with ``context(_:_:)``.
    public var content: SealedText

    /// Ends with the person: what carries their fields goes from the outbox when they are erased.
    public var aggregate: Aggregate { Aggregate("export", named: "\(exportID):\(personID)", version: Int64(number)) }

    public init(
        organizationID: OrganizationID, exportID: ExportID, personID: PersonID, number: Int, isLast: Bool, content: SealedText
    ) {
        self.organizationID = organizationID
        self.exportID = exportID
        self.personID = personID
        self.number = number
        self.isLast = isLast
        self.content = content
    }

    /// What a part is bound to: it opens in no other place and for no other export.
    public static func context(_ exportID: ExportID, _ number: Int) -> String { "\(type)/content:\(exportID)/\(number)" }
}

public enum ExportTag {}
public typealias ExportID = Identifier<ExportTag>
