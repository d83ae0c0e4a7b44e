public import ContractKit
public import Foundation

public enum TrainerDocumentTag {}
public typealias TrainerDocumentID = Identifier<TrainerDocumentTag>

public enum TrainerDocumentKind: String, Words {
    case certification, identity, insurance, other
}

public enum VerificationState: String, Words {
    case pending, verified, rejected
}

/// What those who run the place found a document to be.
public struct Verification: Codable, Sendable, Equatable {
    public var state: VerificationState
    /// Of a rejection.
    @Nullable public var reason: Paragraph?
    /// Null while it is pending, like the moment.
    @Nullable public var by: PersonID?
    @Nullable public var at: Date?

    public init(_ state: VerificationState, reason: Paragraph? = nil, by: PersonID? = nil, at: Date? = nil) {
        (self.state, self.reason, self.by, self.at) = (state, reason, by, at)
    }
}

/// The file of a document, without its bytes.
public struct DocumentFile: Codable, Sendable, Equatable {
    public var type: FileType
    /// In bytes.
    public var size: Int
    public var uploadedAt: Date

    public init(type: FileType, size: Int, uploadedAt: Date) { (self.type, self.size, self.uploadedAt) = (type, size, uploadedAt) }
}

/// A paper of a trainer's: what they may do, who they are, how they are insured.
public struct TrainerDocument: Codable, Sendable, Equatable, Versioned {
    public var id: TrainerDocumentID
    public var trainerID: PersonID
    public var kind: TrainerDocumentKind
    public var title: Line
    /// Who gave it out.
    @Nullable public var issuer: Line?
    /// The number on it.
    @Nullable public var number: Line?
    @Nullable public var issuedOn: LocalDay?
    /// The last day on which it counts.
    @Nullable public var expiresOn: LocalDay?
    /// Null until it is uploaded.
    @Nullable public var file: DocumentFile?
    public var verification: Verification
    public var createdAt: Date
    public var updatedAt: Date
    public var version: Int64

    public init(
        id: TrainerDocumentID, trainerID: PersonID, kind: TrainerDocumentKind, title: Line, issuer: Line?, number: Line?,
        issuedOn: LocalDay?, expiresOn: LocalDay?, file: DocumentFile?, verification: Verification, createdAt: Date, updatedAt: Date,
        version: Int64
    ) {
        self.id = id
        self.trainerID = trainerID
        self.kind = kind
        self.title = title
        self.issuer = issuer
        self.number = number
        self.issuedOn = issuedOn
        self.expiresOn = expiresOn
        self.file = file
        self.verification = verification
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.version = version
    }
}

extension TrainerDocument: ShowsMembers {
    public var shown: [ShownMember] { kind == .identity ? [ShownMember(trainerID, id: id.rawValue)] : [] }
}

/// A trainer's documents, the newest first.
public struct TrainerDocuments: Codable, Sendable, Equatable, ShowsMembers {
    public var data: [TrainerDocument]

    public init(data: [TrainerDocument]) { self.data = data }

    public var shown: [ShownMember] { data.flatMap(\.shown) }
}

/// Adds a document; its file is uploaded to it then. A trainer has fifty at most.
public struct CreateTrainerDocument: APIOperation {
    public static let route = Route.post("/v1/trainers/{trainer_id}/documents")
    public static let summary = "Add a trainer's document; trainers add their own"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public typealias Output = TrainerDocument

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }

    public struct Body: Codable, Sendable {
        public var kind: TrainerDocumentKind
        public var title: Line
        public var issuer: Line?
        public var number: Line?
        public var issuedOn: LocalDay?
        public var expiresOn: LocalDay?

        public init(
            kind: TrainerDocumentKind, title: Line, issuer: Line? = nil, number: Line? = nil, issuedOn: LocalDay? = nil,
            expiresOn: LocalDay? = nil
        ) {
            self.kind = kind
            self.title = title
            self.issuer = issuer
            self.number = number
            self.issuedOn = issuedOn
            self.expiresOn = expiresOn
        }
    }
}

public struct ListTrainerDocuments: APIOperation {
    public static let route = Route.get("/v1/trainers/{trainer_id}/documents")
    public static let summary = "A trainer's documents, for themselves and those who run the place"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public static let reads: MemberData? = .client
    public typealias Output = TrainerDocuments

    public var trainerID: PersonID

    public init(trainerID: PersonID) { self.trainerID = trainerID }
}

/// Changes what is given and keeps the rest. Another last day makes the document pending again.
public struct UpdateTrainerDocument: APIOperation {
    public static let route = Route.patch("/v1/trainers/{trainer_id}/documents/{document_id}")
    public static let summary = "Change a trainer's document; trainers change their own"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public typealias Output = TrainerDocument

    public var trainerID: PersonID
    public var documentID: TrainerDocumentID

    public init(trainerID: PersonID, documentID: TrainerDocumentID) { (self.trainerID, self.documentID) = (trainerID, documentID) }

    public struct Body: Codable, Sendable {
        public var title: Line?
        public var issuer: Line?
        public var number: Line?
        public var issuedOn: LocalDay?
        public var expiresOn: LocalDay?

        public init(
            title: Line? = nil, issuer: Line? = nil, number: Line? = nil, issuedOn: LocalDay? = nil, expiresOn: LocalDay? = nil
        ) {
            self.title = title
            self.issuer = issuer
            self.number = number
            self.issuedOn = issuedOn
            self.expiresOn = expiresOn
        }
    }
}

/// Puts a file in the place of the one before it, if there was one, and makes the document pending again. The file must be what its
/// `Content-Type` says; of images, only what is to be seen is kept.
public struct UploadTrainerDocument: APIOperation {
    public static let route = Route.put("/v1/trainers/{trainer_id}/documents/{document_id}/file")
    public static let summary = "Upload the file of a trainer's document; trainers upload their own"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    /// What an installation is set to take may be less.
    public static let bodyLimit = FileContent.longest
    public typealias Body = FileContent
    public typealias Output = TrainerDocument

    public var trainerID: PersonID
    public var documentID: TrainerDocumentID

    public init(trainerID: PersonID, documentID: TrainerDocumentID) { (self.trainerID, self.documentID) = (trainerID, documentID) }
}

public struct DownloadTrainerDocument: APIOperation {
    public static let route = Route.get("/v1/trainers/{trainer_id}/documents/{document_id}/file")
    public static let summary = "The file of a trainer's document, for themselves and those who run the place"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public static let reads: MemberData? = .client
    public typealias Output = FileContent

    public var trainerID: PersonID
    public var documentID: TrainerDocumentID

    public init(trainerID: PersonID, documentID: TrainerDocumentID) { (self.trainerID, self.documentID) = (trainerID, documentID) }
}

/// Says what those who run the place found a document to be. Nobody verifies their own.
public struct VerifyTrainerDocument: APIOperation {
    public static let route = Route.put("/v1/trainers/{trainer_id}/documents/{document_id}/verification")
    public static let summary = "Verify or reject a trainer's document"
    public static let access = Access.any(.staff(.managePeople))
    public static let problems: [ProblemKind] = [.documentWithoutFile]
    public typealias Output = TrainerDocument

    public var trainerID: PersonID
    public var documentID: TrainerDocumentID

    public init(trainerID: PersonID, documentID: TrainerDocumentID) { (self.trainerID, self.documentID) = (trainerID, documentID) }

    public enum Finding: String, Words {
        case verified, rejected
    }

    public struct Body: Codable, Sendable {
        public var state: Finding
        /// Why it is rejected: needed then, and only then.
        public var reason: Paragraph?
        /// Of the document that was looked at; 412 when it is another by now.
        public var version: SeenVersion

        public init(state: Finding, reason: Paragraph? = nil, version: SeenVersion) {
            self.state = state
            self.reason = reason
            self.version = version
        }
    }
}

/// Deletes a document and its file for good.
public struct DeleteTrainerDocument: APIOperation {
    public static let route = Route.delete("/v1/trainers/{trainer_id}/documents/{document_id}")
    public static let summary = "Delete a trainer's document; trainers delete their own"
    public static let access = Access.any(.staff(.managePeople), .own(.trainer))
    public typealias Output = NoContent

    public var trainerID: PersonID
    public var documentID: TrainerDocumentID

    public init(trainerID: PersonID, documentID: TrainerDocumentID) { (self.trainerID, self.documentID) = (trainerID, documentID) }
}

public enum SeenVersionRule: NumberRule { public static let range = 1...9_007_199_254_740_991 }
/// A version of something, by whoever looked at it.
public typealias SeenVersion = BoundedInt<SeenVersionRule>
