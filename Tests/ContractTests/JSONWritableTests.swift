import Foundation
import SchedulingContract
import Testing

@testable import ContractKit

/// A member that was added to a type and forgotten where the type writes itself would be lost without a word.
@Suite struct JSONWritableTests {
    private let tested: [any JSONWritable.Type] = [Money.self, Session.self, Page<Session>.self]

    @Test func `Every answer that writes itself is compared here`() {
        for operation in Product.operations {
            guard let writable = output(of: operation) as? any JSONWritable.Type else { continue }
            #expect(tested.contains { $0 == writable }, "\(operation.name) answers with \(writable)")
        }
    }

    private func output<O: APIOperation>(of operation: O.Type) -> any Encodable.Type { O.Output.self }

    @Test func `What writes itself writes the same bytes by way of Encodable`() throws {
        for category in ClassCategory.allCases {
            for status in SessionStatus.allCases { try compare(try session(category, status)) }
        }
        for count in 0...20 {
            let sessions = try (0..<count).map { _ in
                try session(try #require(ClassCategory.allCases.randomElement()), try #require(SessionStatus.allCases.randomElement()))
            }
            for session in sessions {
                try compare(session)
                try compare(session.price)
            }
            try compare(Page(data: sessions, nextCursor: nil))
            try compare(Page(data: sessions, nextCursor: text("\"\\\u{7}{[")))
        }
    }

    private func compare(_ value: some JSONWritable) throws {
        let written = String(decoding: try JSON.encode(value), as: UTF8.self)
        #expect(written == String(decoding: try JSONWriter.encode(value), as: UTF8.self))
    }

    private func session(_ category: ClassCategory, _ status: SessionStatus) throws -> Session {
        Session(
            id: SessionID(), classTypeID: ClassTypeID(rawValue: UUID()), className: try #require(Line(rawValue: text("a\"\\é{"))),
            category: category, color: Bool.random() ? nil : HexColor(rawValue: "#12AB9F"), trainerID: PersonID(rawValue: UUID()),
            locationID: LocationID(rawValue: UUID()),
            timeZone: try #require(["UTC", "America/Toronto"].randomElement().flatMap(TimeZoneID.init)),
            status: status, startsAt: moment(), endsAt: moment(), capacity: try #require(Capacity(rawValue: .random(in: 1...1000))),
            booked: number(Int.self), waitlisted: number(Int.self),
            price: Money(amount: .random(in: -Money.limit...Money.limit), currency: try #require(CurrencyCode(rawValue: "CAD"))),
            cancelReason: Bool.random() ? nil : Paragraph(rawValue: text("\n\t\r[/🏋️")), createdAt: moment(),
            version: number(Int64.self))
    }

    private func text(_ letters: String) -> String {
        "x" + String((0..<Int.random(in: 0...40)).compactMap { _ in letters.randomElement() }) + "x"
    }

    private func number<Number: FixedWidthInteger>(_: Number.Type) -> Number {
        [0, 9, 10, -1, .min, .max, Number.random(in: .min ... .max)].randomElement() ?? 0
    }

    /// With and without a fraction of a second, and beyond what is written as it is.
    private func moment() -> Date {
        let seconds = Double.random(in: -2_300_000_000...7_300_000_000)
        return Date(timeIntervalSince1970: Bool.random() ? seconds : seconds.rounded())
    }
}
