/// What the edge knows of a header field by its name.
struct FieldTraits: OptionSet, Sendable {
    let rawValue: UInt32

    /// It speaks of one connection, not of the message.
    static let hop = Self(rawValue: 1 << 0)
    /// Services believe it because only the edge sets it.
    static let ownToServices = Self(rawValue: 1 << 1)
    /// Clients get the edge's, or none.
    static let ownToClients = Self(rawValue: 1 << 2)
    static let connection = Self(rawValue: 1 << 3)
    static let host = Self(rawValue: 1 << 4)
    static let authorization = Self(rawValue: 1 << 5)
    static let contentLength = Self(rawValue: 1 << 6)
    static let transferEncoding = Self(rawValue: 1 << 7)
    static let expect = Self(rawValue: 1 << 8)
    static let upgrade = Self(rawValue: 1 << 9)
    static let requestID = Self(rawValue: 1 << 10)
    static let traceparent = Self(rawValue: 1 << 11)
    static let idempotencyKey = Self(rawValue: 1 << 12)
    static let cacheControl = Self(rawValue: 1 << 13)
    static let contentTypeOptions = Self(rawValue: 1 << 14)
    static let transportSecurity = Self(rawValue: 1 << 15)
    static let exposeHeaders = Self(rawValue: 1 << 16)

    private static let groups: [(traits: FieldTraits, names: [String])] = [
        (
            .hop,
            [
                "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
                "transfer-encoding", "upgrade", "http2-settings", "content-length", "expect",
            ]
        ),
        (
            .ownToServices,
            [
                "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-prefix",
                "x-real-ip", "x-client-ip", "true-client-ip", "x-person-id", "x-organization-id", "x-http-method-override",
                "x-original-url", "x-rewrite-url", "request-id", "x-request-id", "request-timeout-ms", "traceparent",
            ]
        ),
        (
            .ownToClients, ["server", "request-id", "ratelimit", "ratelimit-policy", "x-powered-by", "access-control-allow-origin"]
        ),
        (.connection, ["connection"]), (.host, ["host"]), (.authorization, ["authorization"]), (.contentLength, ["content-length"]),
        (.transferEncoding, ["transfer-encoding"]), (.expect, ["expect"]), (.upgrade, ["upgrade"]), (.requestID, ["request-id"]),
        (.traceparent, ["traceparent"]), (.idempotencyKey, ["idempotency-key"]), (.cacheControl, ["cache-control"]),
        (.contentTypeOptions, ["x-content-type-options"]), (.transportSecurity, ["strict-transport-security"]),
        (.exposeHeaders, ["access-control-expose-headers"]),
    ]

    /// Known names in lower case, by their length: most fields of a request share it with none or one of them.
    private static let byLength: [[(name: [UInt8], traits: FieldTraits)]] = {
        var known: [String: FieldTraits] = [:]
        for group in groups { for name in group.names { known[name, default: []].insert(group.traits) } }
        let longest = known.keys.map(\.utf8.count).max() ?? 0
        var table = [[(name: [UInt8], traits: FieldTraits)]](repeating: [], count: longest + 1)
        for (name, traits) in known { table[name.utf8.count].append((Array(name.utf8), traits)) }
        return table
    }()

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Of a field, its name in any case.
    init(of name: some Collection<UInt8>) {
        let count = name.count
        guard count < Self.byLength.count else {
            self = []
            return
        }
        self =
            Self.byLength[count].first { known in name.elementsEqual(known.name) { Self.lower($0) == $1 } }?.traits ?? []
    }

    static func lower(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }
}
