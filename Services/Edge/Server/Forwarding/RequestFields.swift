import NIOHTTP1

/// A request's header fields, looked at once: what each of them is, and the values that the edge goes by.
struct RequestFields {
    /// One for each field, in their order.
    private(set) var traits: [FieldTraits] = []
    /// Of all fields together.
    private(set) var seen: FieldTraits = []
    private(set) var repeated: FieldTraits = []
    /// The first of each.
    private(set) var host, authorization, contentLength, transferEncoding, requestID, traceparent: String?
    /// Fields that `Connection` names, in lower case.
    private(set) var named: [String] = []

    init(_ headers: HTTPHeaders) {
        traits.reserveCapacity(headers.count)
        for (name, value) in headers {
            let field = FieldTraits(of: name.utf8)
            traits.append(field)
            if field.isEmpty { continue }
            repeated.formUnion(seen.intersection(field))
            seen.formUnion(field)
            if field.contains(.host) { host = host ?? value }
            if field.contains(.authorization) { authorization = authorization ?? value }
            if field.contains(.contentLength) { contentLength = contentLength ?? value }
            if field.contains(.transferEncoding) { transferEncoding = transferEncoding ?? value }
            if field.contains(.requestID) { requestID = requestID ?? value }
            if field.contains(.traceparent) { traceparent = traceparent ?? value }
        }
        guard seen.contains(.connection) else { return }
        named = headers[canonicalForm: "connection"].map { $0.lowercased() }.filter { $0 != "close" && $0 != "keep-alive" }
    }
}
