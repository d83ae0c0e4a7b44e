public import ContractKit

/// A person asks for all that is held of them, or somebody does for them: every service answers with ``PersonExported``.
public struct ExportRequested: Event, Equatable {
    public static let type = "auth.person.export_requested.v1"
    public static let summary = "All that is held of a person is to be gathered, by every service"

    public var organizationID: OrganizationID
    public var exportID: ExportID
    public var personID: PersonID

    public var aggregate: Aggregate { Aggregate("export", exportID, version: 1) }

    public init(organizationID: OrganizationID, exportID: ExportID, personID: PersonID) {
        self.organizationID = organizationID
        self.exportID = exportID
        self.personID = personID
    }
}
