public import ContractKit
public import Foundation

/// What a person looks like, without the picture itself.
public struct Photo: Codable, Sendable, Equatable {
    public var personID: PersonID
    public var type: FileType
    /// In bytes.
    public var size: Int
    public var uploadedAt: Date

    public init(personID: PersonID, type: FileType, size: Int, uploadedAt: Date) {
        (self.personID, self.type, self.size, self.uploadedAt) = (personID, type, size, uploadedAt)
    }
}

/// Puts a picture in the place of the one before it, if there was one. Only what is to be seen is kept of it.
public struct UploadPhoto: APIOperation {
    public static let route = Route.put("/v1/people/{person_id}/photo")
    public static let summary = "Upload a person's photo; trainers and members upload their own"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer), .own(.member))
    /// What an installation is set to take may be less.
    public static let bodyLimit = FileContent.longest
    public static let fileTypes: [FileType] = [.jpeg, .png]
    public typealias Body = FileContent
    public typealias Output = Photo

    public var personID: PersonID

    public init(personID: PersonID) { self.personID = personID }
}

public struct DownloadPhoto: APIOperation {
    public static let route = Route.get("/v1/people/{person_id}/photo")
    public static let summary = "A person's photo, for whoever may see the person"
    public static let access = Access.any(.staff(.readPeople), .own(.trainer), .own(.member))
    public static let fileTypes: [FileType] = [.jpeg, .png]
    public static let reads: MemberData? = .client
    public typealias Output = FileContent

    public var personID: PersonID

    public init(personID: PersonID) { self.personID = personID }
}

public struct RemovePhoto: APIOperation {
    public static let route = Route.delete("/v1/people/{person_id}/photo")
    public static let summary = "Remove a person's photo; trainers and members remove their own"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer), .own(.member))
    public typealias Output = NoContent

    public var personID: PersonID

    public init(personID: PersonID) { self.personID = personID }
}
