import ContractKit
import Foundation

extension Exchange {
    /// The operation with its path and query members filled in.
    ///
    /// - Throws: 404 for a path parameter that names nothing that could be, 422 with the pointer `?name` for the query.
    func parameters<O: APIOperation>(of operation: O.Type) throws -> O {
        var values = try Self.queryParameters(query)
        // The path wins: `?session_id=` must not reach past the session in the address.
        values.merge(pathParameters) { _, path in path }
        do {
            return try Parameters.decode(O.self, from: values)
        } catch let error as DecodingError {
            let problem = Problem(error)
            guard let pointer = problem.errors?.first?.pointer, pointer.hasPrefix("#/") else { throw problem }
            let name = String(pointer.dropFirst(2))
            if pathParameters[name] != nil { throw Problem.notFound }
            throw Problem.invalid("?\(name)", problem.errors?.first?.detail ?? "is not valid")
        }
    }

    /// `application/x-www-form-urlencoded` pairs, as browsers and every HTTP library write them.
    static func queryParameters(_ query: Substring) throws -> [String: String] {
        var values: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]) else { throw Problem(.badRequest, detail: "The query is not percent-encoded UTF-8") }
            guard let value = decoded(parts.count > 1 ? parts[1] : "") else {
                throw Problem.invalid("?\(name)", "must be percent-encoded UTF-8")
            }
            guard values.updateValue(value, forKey: name) == nil else { throw Problem.invalid("?\(name)", "stands there twice") }
        }
        return values
    }

    private static func decoded(_ text: Substring) -> String? {
        guard text.contains(where: { $0 == "%" || $0 == "+" }) else { return String(text) }
        return text.replacing("+", with: " ").removingPercentEncoding
    }
}
