import NIOHTTP1

/// Lets browsers' pages of the configured origins call the API. Tokens travel in a header, so no credentials are allowed for.
enum CORS {
    static func fields(for headers: HTTPHeaders, allowed origins: Set<String>) -> [(String, String)] {
        guard !origins.isEmpty else { return [] }
        guard let origin = headers.first(name: "origin"), origins.contains(origin) else { return [("Vary", "Origin")] }
        return [
            ("Vary", "Origin"), ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Expose-Headers", "ETag, Location, Request-Id, RateLimit, RateLimit-Policy, Retry-After, Content-Disposition"),
        ]
    }

    /// The answer to OPTIONS: what may be called here, and, for an allowed origin, with which fields.
    static func options(_ methods: [String], _ fields: [(String, String)]) -> Answer {
        let list = methods.joined(separator: ", ")
        var headers = [("Allow", list)]
        if fields.contains(where: { $0.0 == "Access-Control-Allow-Origin" }) {
            headers += [
                ("Access-Control-Allow-Methods", list),
                (
                    "Access-Control-Allow-Headers",
                    """
                    Access-Kind, Access-Purpose, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Request-Id, \
                    traceparent
                    """
                ),
                ("Access-Control-Max-Age", "600"),
            ]
        }
        return Answer(.noContent, headers: headers)
    }
}
