import Foundation

extension APIOperation {
    /// Path and query of this call, percent-encoded: `/v1/sessions/0192.../bookings?limit=20`.
    ///
    /// - Throws: `EncodingError` when a member is no single value, or a path parameter is nil.
    public func target() throws -> String {
        var values = try Parameters.encode(self)
        let path = try Self.route.segments.map { segment in
            switch segment {
            case .literal(let text): return "/\(text)"
            case .parameter(let name):
                guard let value = values.removeValue(forKey: name), !value.isEmpty else {
                    throw EncodingError.invalidValue(
                        self, .init(codingPath: [], debugDescription: "the path parameter \(name) has no value"))
                }
                return "/\(Self.escaped(value))"
            }
        }.joined()
        let query = values.sorted { $0.key < $1.key }.map { "\(Self.escaped($0.key))=\(Self.escaped($0.value))" }.joined(separator: "&")
        return query.isEmpty ? path : "\(path)?\(query)"
    }

    /// All but RFC 3986's unreserved characters: `+` and `&` mean something in a query.
    private static func escaped(_ text: String) -> String {
        let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
    }
}
