/// The HTTP methods that operations use.
public enum Method: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Whether a call changes something: it then runs in a writing transaction and honours `Idempotency-Key`.
    public var writes: Bool { self != .get }
}

/// Where an operation lives: `POST /v1/sessions/{session_id}/bookings`.
public struct Route: Sendable, Hashable, CustomStringConvertible {
    public let method: Method
    /// Path parameters stand in braces, in `snake_case`: they are members of the operation by that name.
    public let path: String

    public static func get(_ path: String) -> Route { Route(method: .get, path: path) }
    public static func post(_ path: String) -> Route { Route(method: .post, path: path) }
    public static func put(_ path: String) -> Route { Route(method: .put, path: path) }
    public static func patch(_ path: String) -> Route { Route(method: .patch, path: path) }
    public static func delete(_ path: String) -> Route { Route(method: .delete, path: path) }

    public enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    public var segments: [Segment] {
        path.split(separator: "/").map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    public var parameters: [String] {
        segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    public var description: String { "\(method.rawValue) \(path)" }
}
