/// One call of the API, declared once. (Foundation and SwiftUI own the names Operation and Text, and apps import them beside this.)
///
/// From the declaration come the route, decoding and validation, the permission check, the OpenAPI document, the SDK call
/// and the tests that walk every operation. The conforming type's own members are its path and query parameters; its
/// ``Body`` is the JSON body.
///
/// ```swift
/// public struct BookSession: APIOperation {
///     public static let route = Route.post("/v1/sessions/{session_id}/bookings")
///     public static let summary = "Book a place in a session"
///     public static let access: Access = .any(.staff(.manageBookings), .own(.member))
///     public var sessionID: SessionID
///     public struct Body: Codable, Sendable { public var memberID: PersonID? }
///     public typealias Output = Booking
/// }
/// ```
public protocol APIOperation: Codable, Sendable {
    /// What the JSON body holds; ``NoBody`` when there is none, ``FileContent`` when it is a file.
    associatedtype Body: Codable & Sendable = NoBody
    /// What the answer holds; ``NoContent`` answers 204, ``FileContent`` with a file.
    associatedtype Output: Codable & Sendable

    static var route: Route { get }
    /// One line for the document, without a full stop.
    static var summary: String { get }
    /// Who may call it.
    static var access: Access { get }
    /// The status of success. By default 201 for POST on a collection of its own making, 200 otherwise, 204 without content.
    static var success: Int { get }
    /// The largest body accepted, in bytes. By default 1 MiB.
    static var bodyLimit: Int { get }
    /// The kinds of file that it takes or hands out, if it does. By default all that people send.
    static var fileTypes: [FileType] { get }
    /// The problems of its own that it may answer with, beyond those that every operation shares.
    static var problems: [ProblemKind] { get }
    /// Whether a key that a program holds may be limited to it. By default not for what lies under `/v1/auth`: how an account is guarded
    /// is for whoever signed in.
    static var takesKeys: Bool { get }
    /// Whether it takes somebody who signed in, or proved once more who they are, within the last five minutes: a device that is found
    /// unlocked must not do it.
    static var needsFreshSignIn: Bool { get }
    /// Whether it is also for those who still have to add the second factor that their organization asks for: what it takes to add one.
    static var servesEnrolment: Bool { get }
    /// The operation's name in documents, metrics and logs: `BookSession`. By default the type's.
    static var name: String { get }
    /// What kind of members' data it shows: whoever is shown some is in the audit log. Nil for the others, and for what shows people
    /// nothing but their own.
    static var reads: MemberData? { get }
    /// What is done with that data when the caller does not say.
    static var accessKind: AccessKind { get }
}

extension APIOperation where Body == NoBody {
    public static var hasBody: Bool { false }
}

extension APIOperation {
    public static var success: Int { Output.self == NoContent.self ? 204 : route.method == .post ? 201 : 200 }
    public static var bodyLimit: Int { 1 << 20 }
    public static var fileTypes: [FileType] { takesFile || givesFile ? FileType.kept : [] }
    public static var problems: [ProblemKind] { [] }
    public static var needsFreshSignIn: Bool { false }
    public static var servesEnrolment: Bool { false }
    public static var takesKeys: Bool { !access.isPlatform && !route.path.hasPrefix("/v1/auth/") }
    public static var hasBody: Bool { Body.self != NoBody.self }
    public static var name: String { "\(Self.self)" }
    public static var reads: MemberData? { nil }
    public static var accessKind: AccessKind { .view }
}

/// The body of an operation that takes none.
public struct NoBody: Codable, Sendable {
    public init() {}
}

/// The answer of an operation that has nothing to say: 204.
public struct NoContent: Codable, Sendable {
    public init() {}
}

/// A body that may be left out altogether: an empty request body then decodes as `{}`.
public protocol OptionalBody: Codable, Sendable {}

/// A body that may come as `application/x-www-form-urlencoded` as well, where a standard asks for it. Its members are single values, of which
/// `client_id` and `client_secret` may come by HTTP Basic instead.
public protocol FormBody: Codable, Sendable {}

/// Something with a version, which the API shows as a strong `ETag` and honours in `If-Match` and `If-None-Match`.
public protocol Versioned {
    /// Counts up by one with every change of the row.
    var version: Int64 { get }
}

extension Versioned {
    /// - Parameter expected: The version that the caller has seen (`If-Match`); nil for any.
    /// - Throws: ``Problem`` `.preconditionFailed` when it is another one by now.
    public func check(_ expected: Int64?) throws(Problem) {
        if let expected, expected != version { throw Problem(.preconditionFailed) }
    }
}
