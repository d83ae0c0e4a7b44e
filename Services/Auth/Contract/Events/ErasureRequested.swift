public import ContractKit

/// A person is to be erased: every service does so and answers with ``PersonErased``.
public struct ErasureRequested: Event, Equatable {
    public static let type = "auth.person.erasure_requested.v1"
    public static let summary = "A person is to be erased, by every service"

    public var organizationID: OrganizationID
    public var erasureRequestID: ErasureRequestID
    public var personID: PersonID

    public var aggregate: Aggregate { Aggregate("erasure_request", erasureRequestID, version: 1) }

    public init(organizationID: OrganizationID, erasureRequestID: ErasureRequestID, personID: PersonID) {
        self.organizationID = organizationID
        self.erasureRequestID = erasureRequestID
        self.personID = personID
    }
}
