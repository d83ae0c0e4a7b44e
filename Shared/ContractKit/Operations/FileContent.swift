public import Foundation

/// A kind of file that is known by its bytes. What is none of them is not kept.
public enum FileType: String, Words {
    case pdf = "application/pdf"
    case jpeg = "image/jpeg"
    case png = "image/png"
    /// What we hand out and nobody sends.
    case zip = "application/zip"

    /// Those that people send.
    public static let kept: [FileType] = [.pdf, .jpeg, .png]

    /// How names of such files end, without the dot.
    public var nameExtension: String {
        switch self {
        case .pdf: "pdf"
        case .jpeg: "jpg"
        case .png: "png"
        case .zip: "zip"
        }
    }
}

/// A file as it is sent or handed out: the bytes themselves and no JSON, under one of the operation's ``APIOperation/fileTypes``.
///
/// An ``APIOperation/Body`` or an ``APIOperation/Output``, and never a part of one.
public struct FileContent: Codable, Sendable, Equatable {
    /// What whoever sends it says that it is.
    public var type: FileType
    public var bytes: Data
    /// Whose data the file shows, for the audit log; not sent.
    public var shown: [ShownMember] = []

    public init(_ type: FileType, _ bytes: Data, shown: [ShownMember] = []) { (self.type, self.bytes, self.shown) = (type, bytes, shown) }

    /// In bytes: no installation takes more.
    public static let longest = 32 << 20

    private enum CodingKeys: CodingKey { case type, bytes }
}

extension FileContent: ShowsMembers {}

extension FileContent: Described {
    public static let schema: JSONValue = ["type": "string", "format": "binary"]
    /// The smallest document.
    public static var example: Self {
        Self(.pdf, Data("%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n".utf8))
    }
}

extension APIOperation {
    public static var takesFile: Bool { Body.self == FileContent.self }
    public static var givesFile: Bool { Output.self == FileContent.self }
    /// Whether its body may be a form.
    public static var takesForm: Bool { Body.self is any FormBody.Type }

    /// The media types that its body may come in; none where it takes no body.
    static var bodyTypes: [String] {
        if !hasBody { return [] }
        if takesFile { return fileTypes.map(\.rawValue) }
        return ["application/json"] + (takesForm ? ["application/x-www-form-urlencoded"] : [])
    }

    /// The media types of its answer; none where there is nothing to say.
    static var answerTypes: [String] {
        if Output.self == NoContent.self { return [] }
        return givesFile ? fileTypes.map(\.rawValue) : ["application/json"]
    }

    /// A body as it is sent, under its media type; nil for an operation that takes none.
    public static func encoded(_ body: Body) throws -> (type: String, bytes: Data)? {
        if let file = body as? FileContent { return (file.type.rawValue, file.bytes) }
        return hasBody ? ("application/json", try JSON.encode(body)) : nil
    }

    /// What an answer of success holds.
    public static func output(type: String?, bytes: Data) throws -> Output {
        if Output.self == NoContent.self { return try JSON.decode(Output.self, from: Data("{}".utf8)) }
        if givesFile, let type = type.flatMap(FileType.init(rawValue:)), let file = FileContent(type, bytes) as? Output { return file }
        return try JSON.decode(Output.self, from: bytes)
    }
}
