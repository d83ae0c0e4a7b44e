public import ContractKit

/// Lets a person be something else as well, with the same id. Only owners make admins; owners are made by signing up.
public struct AddRole: APIOperation {
    public static let route = Route.put("/v1/people/{person_id}/roles/{role}")
    public static let summary = "Give a person another role"
    public static let access = Access.any(.staff(.managePeople))
    public static let needsFreshSignIn = true
    public typealias Output = Person

    public var personID: PersonID
    public var role: Role

    public init(personID: PersonID, role: Role) {
        self.personID = personID
        self.role = role
    }
}

/// Takes a role from somebody who has others, and signs them out. What they did in it stays.
public struct RemoveRole: APIOperation {
    public static let route = Route.delete("/v1/people/{person_id}/roles/{role}")
    public static let summary = "Take a role from a person"
    public static let access = Access.any(.staff(.managePeople))
    public static let success = 200
    public static let problems: [ProblemKind] = [.lastRole]
    public typealias Output = Person

    public var personID: PersonID
    public var role: Role

    public init(personID: PersonID, role: Role) {
        self.personID = personID
        self.role = role
    }
}
