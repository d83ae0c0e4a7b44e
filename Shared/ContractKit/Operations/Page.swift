public import Foundation

/// One page of a list. A page costs the same at any depth: the cursor holds the sort key of its last row.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
    public var data: [Item]
    /// Hand it back as `cursor` to get the next page; null on the last.
    @Nullable public var nextCursor: String?

    public init(data: [Item], nextCursor: String?) {
        self.data = data
        self.nextCursor = nextCursor
    }

    /// Cuts a page out of `rows`, which were asked for with one more than `limit`.
    public init(rows: [Item], limit: PageLimit, cursor: (Item) -> Cursor) {
        (data, nextCursor) = rows.cut(to: limit, cursor: cursor)
    }
}

extension Page: JSONWritable where Item: JSONWritable {
    public func write(to json: inout JSONBytes) {
        json.object {
            $0.member("data", data)
            $0.member("next_cursor", nextCursor)
        }
    }
}

extension Array {
    /// The rows of one page and the cursor behind it, out of rows that were asked for with one more than `limit`.
    public func cut(to limit: PageLimit, cursor: (Element) -> Cursor) -> (rows: [Element], nextCursor: String?) {
        let rows = Array(prefix(limit.rawValue))
        return (rows, count > limit.rawValue ? rows.last.map { cursor($0).rawValue } : nil)
    }
}

extension PageLimit {
    /// How many rows a page has when the caller does not say: 20.
    public static var standard: PageLimit { 20 }
}

/// Where a page begins: the sort key of the row before it. Opaque to clients; it grants nothing and is not signed.
public struct Cursor: RuledValue {
    public let rawValue: String
    /// The key's parts: moments in microseconds since 1970, texts and ids as they are.
    public let parts: [String]

    public init?(rawValue: String) {
        guard rawValue.utf8.count <= 1024 else { return nil }
        let standard = rawValue.replacing("-", with: "+").replacing("_", with: "/")
        let padded = standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), let parts = try? JSON.decode([String].self, from: data),
            !parts.isEmpty, parts.allSatisfy({ !$0.utf8.contains(0) })
        else { return nil }
        self.rawValue = rawValue
        self.parts = parts
    }

    public init(_ parts: any CursorPart...) {
        self.parts = parts.map(\.cursorText)
        // An array of strings always encodes.
        let data = (try? JSONEncoder().encode(self.parts)) ?? Data()
        rawValue = data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The part at `index` as a moment, an id or a text; `nil` when a client has made the cursor up.
    public func date(_ index: Int) -> Date? {
        part(index).flatMap(Int64.init).map { Date(timeIntervalSince1970: Double($0) / 1_000_000) }
            // A made-up one may lie beyond what any clock, or PostgreSQL, can hold.
            .flatMap { Moment.range.contains($0) ? $0 : nil }
    }
    public func id<Tag>(_ index: Int, _ tag: Tag.Type = Tag.self) -> Identifier<Tag>? { part(index).flatMap { Identifier($0) } }
    public func text(_ index: Int) -> String? { part(index) }

    /// Where a list that is sorted by a moment and an id goes on.
    /// - Throws: ``Problem`` `.validation` when a client has made the cursor up.
    public func momentAndID<Tag>(of tag: Tag.Type = Tag.self) throws -> (Date, Identifier<Tag>) {
        guard let date = date(0), let id: Identifier<Tag> = id(1) else { throw Problem.invalid("?cursor", Self.rule) }
        return (date, id)
    }

    private func part(_ index: Int) -> String? { parts.indices.contains(index) ? parts[index] : nil }

    public static let rule = "must be a cursor from next_cursor"
    public static let schema: JSONValue = ["type": "string", "maxLength": 1024]
    public static var example: Self { Self(OrganizationID.example) }
}

/// What a sort key is made of.
public protocol CursorPart: Sendable {
    var cursorText: String { get }
}

extension String: CursorPart {
    public var cursorText: String { self }
}
extension Identifier: CursorPart {
    public var cursorText: String { description }
}
extension Date: CursorPart {
    /// Microseconds, PostgreSQL's own precision: a rounded key would skip or repeat rows.
    public var cursorText: String { String(Int64((timeIntervalSince1970 * 1_000_000).rounded())) }
}
