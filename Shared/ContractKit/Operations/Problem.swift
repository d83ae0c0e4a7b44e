/// A kind of refusal, with a page of its own at `/problems/<slug>`.
public struct ProblemKind: Hashable, Sendable {
    /// The last part of the problem's `type`.
    public let slug: String
    public let status: Int
    /// What is wrong, in words that hold for every occurrence.
    public let title: String

    public init(_ slug: String, _ status: Int, _ title: String) {
        (self.slug, self.status, self.title) = (slug, status, title)
    }

    // Those that any operation may answer with.
    public static let malformedJSON = ProblemKind("malformed-json", 400, "The body is not JSON")
    public static let badRequest = ProblemKind("bad-request", 400, "The request cannot be read")
    public static let unauthenticated = ProblemKind("unauthenticated", 401, "A valid access token is needed")
    public static let stepUpRequired = ProblemKind(
        "step-up-required", 401, "This takes a sign-in of the last five minutes; prove once more who you are")
    public static let insufficientScope = ProblemKind("insufficient-scope", 403, "The key that you use is not for this")
    public static let forbidden = ProblemKind("forbidden", 403, "Your role does not allow this")
    public static let secondFactorNeeded = ProblemKind("second-factor-needed", 403, "A second factor is needed for this")
    public static let organizationSuspended = ProblemKind("organization-suspended", 403, "This organization is suspended")
    public static let accountSuspended = ProblemKind("account-suspended", 403, "This account is suspended")
    public static let notFound = ProblemKind("not-found", 404, "There is nothing here")
    public static let methodNotAllowed = ProblemKind("method-not-allowed", 405, "This address does not take this method")
    public static let requestTimeout = ProblemKind("request-timeout", 408, "The request did not arrive in time")
    public static let conflict = ProblemKind("conflict", 409, "This conflicts with what is stored")
    public static let idempotencyInProgress = ProblemKind(
        "idempotency-in-progress", 409, "A request with this Idempotency-Key is still running")
    public static let preconditionFailed = ProblemKind("precondition-failed", 412, "It has changed since you read it")
    public static let contentTooLarge = ProblemKind("content-too-large", 413, "The body is too large")
    public static let unsupportedMediaType = ProblemKind("unsupported-media-type", 415, "The body is of a kind that is not taken here")
    public static let validation = ProblemKind("validation", 422, "Some of what you sent is not valid")
    public static let idempotencyMismatch = ProblemKind(
        "idempotency-mismatch", 422, "This Idempotency-Key was used with another request")
    public static let rateLimited = ProblemKind("rate-limited", 429, "Too many requests")
    public static let internalError = ProblemKind("internal-error", 500, "Something went wrong on our side")
    public static let unavailable = ProblemKind("unavailable", 503, "This part of the service is away for the moment")
    public static let readOnly = ProblemKind("read-only", 503, "Nothing can be changed for now")
    public static let outcomeUnknown = ProblemKind(
        "outcome-unknown", 503, "It is not known whether this took effect; repeat it with the same Idempotency-Key")

    /// The kinds that need no declaration on an operation.
    public static let shared: [ProblemKind] = [
        .malformedJSON, .badRequest, .unauthenticated, .stepUpRequired, .insufficientScope, .forbidden, .secondFactorNeeded,
        .organizationSuspended, .accountSuspended, .notFound, .methodNotAllowed, .requestTimeout, .conflict, .idempotencyInProgress,
        .preconditionFailed, .contentTooLarge, .unsupportedMediaType, .validation, .idempotencyMismatch, .rateLimited, .internalError,
        .unavailable, .readOnly, .outcomeUnknown,
    ]

    public var type: String { "/problems/\(slug)" }
}

/// A refusal as RFC 9457 `application/problem+json`. Handlers throw it; nothing internal goes into it.
public struct Problem: Error, Codable, Sendable, Hashable {
    public var type: String
    public var title: String
    public var status: Int
    public var detail: String?
    public var errors: [FieldError]?
    /// Seconds after which a repeat makes sense; also sent as `Retry-After`.
    public var retryAfter: Int?

    public init(_ kind: ProblemKind, detail: String? = nil, errors: [FieldError]? = nil, retryAfter: Int? = nil) {
        type = kind.type
        title = kind.title
        status = kind.status
        self.detail = detail
        self.errors = errors
        self.retryAfter = retryAfter
    }

    /// A 422 about one field: `.invalid("#/starts_at", "must lie in the future")`.
    public static func invalid(_ pointer: String, _ detail: String) -> Problem {
        Problem(.validation, errors: [FieldError(pointer: pointer, detail: detail)])
    }

    public static var notFound: Problem { Problem(.notFound) }

    public func isA(_ kind: ProblemKind) -> Bool { type == kind.type }

    /// What a failed decoding says about the field at fault.
    public init(_ error: DecodingError) {
        let (path, detail): ([any CodingKey], String) =
            switch error {
            case .typeMismatch(let type, let context): (context.codingPath, "must be \(Self.words(for: type))")
            case .valueNotFound(_, let context): (context.codingPath, "must not be null")
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
            case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
            @unknown default: ([], "is not valid")
            }
        let pointer = path.reduce(into: "#") { text, key in
            text += "/" + (key.intValue.map(String.init) ?? WireName.snake(key.stringValue))
        }
        self = .invalid(pointer, detail)
    }

    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is Int.Type, is Int64.Type: "a whole number"
        case is Double.Type: "a number"
        case is [Any].Type: "a list"
        default: "an object"
        }
    }
}

/// What is wrong with one field.
public struct FieldError: Codable, Sendable, Hashable {
    /// A JSON pointer into the body (`#/owner/email`), or `?name` for a query parameter.
    public var pointer: String
    public var detail: String

    public init(pointer: String, detail: String) {
        (self.pointer, self.detail) = (pointer, detail)
    }
}
