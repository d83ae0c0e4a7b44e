public import ContractKit

public enum AuthContract: ServiceContract {
    public static let name = "auth"
    public static let summary = "Organizations, locations, people, sign-in and login sessions"
    public static let operations: [any APIOperation.Type] = []
    public static let events: [any Event.Type] = [
        OrganizationCreated.self, LocationSaved.self, PersonSaved.self, InvitationCreated.self, LoginSessionEnded.self,
    ]
}
