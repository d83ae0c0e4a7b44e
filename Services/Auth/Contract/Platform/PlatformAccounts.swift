public import ContractKit
public import Foundation

public enum AccountTag {}
/// Known to those who run the installation; everybody else knows people.
public typealias AccountID = Identifier<AccountTag>

/// An account as those see it who run the installation.
public struct ListedAccount: Codable, Sendable, Equatable {
    public var id: AccountID
    public var status: Standing
    @Nullable public var deletedAt: Date?
    public var createdAt: Date

    public init(id: AccountID, status: Standing, deletedAt: Date?, createdAt: Date) {
        self.id = id
        self.status = status
        self.deletedAt = deletedAt
        self.createdAt = createdAt
    }
}

/// By the whole address: they are sealed, and nobody browses them. In a body, so that it stands in no log.
public struct FindAccount: APIOperation {
    public static let route = Route.post("/v1/platform/accounts/find")
    public static let summary = "Find the account of an email address"
    public static let access = Access.platform
    public static let success = 200
    public typealias Output = ListedAccount

    public init() {}

    public struct Body: Codable, Sendable {
        public var email: EmailAddress

        public init(email: EmailAddress) { self.email = email }
    }
}

/// Whoever is suspended is refused everywhere (403) and signs in nowhere until they are active again; whoever is deleted is signed out
/// as well, and is to everyone as if they had never been. The row stays, and the address with it.
public struct UpdateAccountStatus: APIOperation {
    public static let route = Route.patch("/v1/platform/accounts/{account_id}")
    public static let summary = "Suspend or delete an account, or take it back"
    public static let access = Access.platform
    public typealias Output = ListedAccount

    public var accountID: AccountID

    public init(accountID: AccountID) { self.accountID = accountID }

    public struct Body: Codable, Sendable {
        public var status: Standing

        public init(status: Standing) { self.status = status }
    }
}
