import ContractKit

extension ProblemKind {
    static let uriTooLong = ProblemKind("uri-too-long", 414, "The address is too long")
    static let expectationFailed = ProblemKind("expectation-failed", 417, "This expectation cannot be met")
    static let headersTooLarge = ProblemKind("headers-too-large", 431, "The header fields are too many or too large")

    /// Those that only the edge answers with.
    static let edge: [ProblemKind] = [.uriTooLong, .expectationFailed, .headersTooLarge]
}

/// A request that the edge does not pass on.
struct Refusal: Error {
    var problem: Problem
    var headers: [(String, String)] = []
    /// Whether the connection cannot be used any further, because its framing is in doubt.
    var closes = false

    init(_ kind: ProblemKind, _ detail: String? = nil, retryAfter: Int? = nil, headers: [(String, String)] = [], closes: Bool = false) {
        problem = Problem(kind, detail: detail, retryAfter: retryAfter)
        self.headers = headers
        self.closes = closes
    }
}
