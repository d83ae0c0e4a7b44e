public import Foundation

/// The id of one kind of thing: a UUIDv7, so that ids sort by the moment they were made.
///
/// `Identifier<SessionTag>` and `Identifier<PersonTag>` do not mix: a swapped argument is a compile error.
/// The time inside is visible to whoever holds the id; it is never an authority or a secret.
public struct Identifier<Tag>: Hashable, Sendable, Codable, RawRepresentable, CustomStringConvertible {
    public let rawValue: UUID

    public init(rawValue: UUID) { self.rawValue = rawValue }

    /// A fresh id for a thing made at `now`.
    public init(now: Date = Date()) { self.rawValue = UUID.v7(now: now) }

    /// Reads the canonical 36-character form, in either case.
    public init?(_ text: String) {
        guard let uuid = UUID(canonical: text) else { return nil }
        self.rawValue = uuid
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            rawValue = try container.decode(UUID.self, saying: "must be a UUID")
        } catch DecodingError.dataCorrupted {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "must be a UUID")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// Lower case, as the API writes it.
    public var description: String { rawValue.lowercaseText }

    /// When the thing was made, in milliseconds' precision; `nil` for an id that is not a UUIDv7.
    public var madeAt: Date? {
        let bytes = rawValue.uuid
        guard bytes.6 >> 4 == 7 else { return nil }
        let head = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5]
        let milliseconds = head.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

extension Identifier: Described {
    public static var schema: JSONValue { ["type": "string", "format": "uuid"] }
    public static var example: Self { Self(rawValue: UUID(uuid: (1, 0x92, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))) }
}

extension UUID {
    /// The canonical form as the API, events and logs write it, in lower case.
    public var lowercaseText: String { String(unsafeUninitializedCapacity: 36) { write(to: $0) } }

    /// - Returns: how many bytes of `text` it takes: 36.
    func write(to text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let digits: StaticString = "0123456789abcdef"
        withUnsafeBytes(of: uuid) { bytes in
            var position = 0
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    text[position] = UInt8(ascii: "-")
                    position += 1
                }
                text[position] = digits.utf8Start[Int(byte >> 4)]
                text[position + 1] = digits.utf8Start[Int(byte & 15)]
                position += 2
            }
        }
        return 36
    }

    /// Reads the canonical 36-character form, in either case. By hand: Foundation calls `sscanf`, which takes ten times as long.
    public init?(canonical text: String) {
        var (text, uuid) = (text, uuid_t(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        let isRead = withUnsafeMutableBytes(of: &uuid) { bytes in
            text.withUTF8 { utf8 in
                guard utf8.count == 36 else { return false }
                var position = 0
                for index in 0..<16 {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        guard utf8[position] == UInt8(ascii: "-") else { return false }
                        position += 1
                    }
                    guard let high = utf8[position].hexValue, let low = utf8[position + 1].hexValue else { return false }
                    bytes[index] = high << 4 | low
                    position += 2
                }
                return true
            }
        }
        guard isRead else { return nil }
        self.init(uuid: uuid)
    }

    /// A UUID of version 7 (RFC 9562): 48 bits of milliseconds since 1970, 12 bits of 4096ths of the millisecond (section 6.2, method
    /// 3), then 62 random bits. Ids that one clock gives stand in the order in which they were made, down to a quarter of a
    /// microsecond, which is as exact as a `Date` is in this century.
    public static func v7(now: Date = Date()) -> UUID {
        let time = max(0, now.timeIntervalSince1970 * 1000)
        let milliseconds = UInt64(time)
        let fraction = UInt64((time - time.rounded(.down)) * 4096)
        var random = SystemRandomNumberGenerator()
        let (a, b) = (random.next(), random.next())
        func part(_ value: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
        return UUID(
            uuid: (
                part(milliseconds, 40), part(milliseconds, 32), part(milliseconds, 24), part(milliseconds, 16), part(milliseconds, 8),
                part(milliseconds, 0),
                0x70 | part(fraction, 8), part(fraction, 0), 0x80 | part(a, 16) & 0x3F, part(a, 24),
                part(b, 0), part(b, 8), part(b, 16), part(b, 24), part(b, 32), part(b, 40)
            ))
    }
}

// The things that more than one service speaks of. An id that stays inside a service is declared in its own contract.

public enum OrganizationTag {}
public enum LocationTag {}
public enum PersonTag {}
public enum LoginSessionTag {}
public enum PlatformAdminTag {}
public enum ClassTypeTag {}
public enum SessionTag {}
public enum BookingTag {}
public enum InvoiceTag {}
public enum WorkoutTag {}
public enum ExerciseTag {}

public typealias OrganizationID = Identifier<OrganizationTag>
extension OrganizationID {
    /// Stands where something concerns the whole installation, and no organization more than another.
    public static let none = OrganizationID(rawValue: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
}

public typealias LocationID = Identifier<LocationTag>
/// Members and trainers are people: `member_id` and `trainer_id` in the API are person ids.
public typealias PersonID = Identifier<PersonTag>
public typealias LoginSessionID = Identifier<LoginSessionTag>
public typealias PlatformAdminID = Identifier<PlatformAdminTag>
public typealias ClassTypeID = Identifier<ClassTypeTag>
public typealias SessionID = Identifier<SessionTag>
public typealias BookingID = Identifier<BookingTag>
public typealias InvoiceID = Identifier<InvoiceTag>
public typealias WorkoutID = Identifier<WorkoutTag>
public typealias ExerciseID = Identifier<ExerciseTag>
