public import ContractKit
public import Foundation

/// A kind of session that an organization offers: "Spin", 45 minutes, 20 places, at a price.
public struct ClassType: Codable, Sendable, Hashable, Versioned {
    public var id: ClassTypeID
    public var name: Line
    public var category: ClassCategory
    /// What a session of this type lasts unless it says otherwise.
    public var durationMinutes: Minutes
    /// How many places a session of this type has unless it says otherwise.
    public var capacity: Capacity
    /// What one attendee pays unless the session says otherwise.
    public var price: Money
    @Nullable public var color: HexColor?
    public var createdAt: Date
    public var version: Int64

    public init(
        id: ClassTypeID, name: Line, category: ClassCategory, durationMinutes: Minutes, capacity: Capacity, price: Money,
        color: HexColor?, createdAt: Date, version: Int64
    ) {
        self.id = id
        self.name = name
        self.category = category
        self.durationMinutes = durationMinutes
        self.capacity = capacity
        self.price = price
        self._color = Nullable(wrappedValue: color)
        self.createdAt = createdAt
        self.version = version
    }
}

public struct CreateClassType: APIOperation {
    public static let route = Route.post("/v1/class-types")
    public static let summary = "Add a class type"
    public static let access: Access = .any(.staff(.manageTimetable))
    public typealias Output = ClassType

    public init() {}

    public struct Body: Codable, Sendable {
        public var name: Line
        public var category: ClassCategory
        public var durationMinutes: Minutes
        public var capacity: Capacity
        /// Zero or more, in the organization's currency.
        public var price: Money
        public var color: HexColor?

        public init(
            name: Line, category: ClassCategory, durationMinutes: Minutes, capacity: Capacity, price: Money, color: HexColor? = nil
        ) {
            self.name = name
            self.category = category
            self.durationMinutes = durationMinutes
            self.capacity = capacity
            self.price = price
            self.color = color
        }
    }
}

public struct ListClassTypes: APIOperation {
    public static let route = Route.get("/v1/class-types")
    public static let summary = "List class types in the order they were added"
    public static let access: Access = .any(.staff(.readTimetable))
    public var cursor: Cursor?
    public var limit: PageLimit?
    public typealias Output = Page<ClassType>

    public init(cursor: Cursor? = nil, limit: PageLimit? = nil) {
        self.cursor = cursor
        self.limit = limit
    }
}
