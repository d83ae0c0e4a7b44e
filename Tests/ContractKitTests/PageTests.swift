import ContractKit
import Foundation
import Testing

@Suite struct PageTests {
    @Test func `A cursor carries its key there and back`() throws {
        let id = ShelfID()
        let moment = Date(timeIntervalSince1970: 1_772_359_200.123456)
        let cursor = try #require(Cursor(rawValue: Cursor(moment, "Ünïcødé, \"quoted\"", id).rawValue))
        #expect(abs(try #require(cursor.date(0)).timeIntervalSince(moment)) < 0.000001)
        #expect(cursor.text(1) == "Ünïcødé, \"quoted\"")
        #expect(cursor.id(2, ShelfTag.self) == id)
        #expect(cursor.text(3) == nil)
        #expect(cursor.date(1) == nil)
        #expect(cursor.id(1, ShelfTag.self) == nil)
    }

    @Test func `A cursor fits into a query as it is`() {
        for _ in 0..<50 {
            #expect(Cursor(Date(), ShelfID()).rawValue.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        }
    }

    @Test(arguments: ["", "!", "e30", "W10", "WzFd", String(repeating: "A", count: 1025), "WyJhXHUwMDAwIl0"])
    func `What is no cursor`(text: String) { #expect(Cursor(rawValue: text) == nil) }

    /// A moment beyond all clocks once ended the process on its way into a statement.
    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "9999999999999999", "1e3", ""])
    func `A made-up moment is none`(text: String) {
        let cursor = Cursor(text, ShelfID())
        #expect(cursor.date(0) == nil)
        #expect(throws: Problem.self) { try cursor.momentAndID(of: ShelfTag.self) }
    }

    @Test func `A page ends where its rows end`() {
        let cursor: (Int) -> Cursor = { Cursor(String($0)) }
        #expect(Page(rows: [1, 2, 3], limit: 2, cursor: cursor).nextCursor == Cursor("2").rawValue)
        #expect(Page(rows: [1, 2], limit: 2, cursor: cursor).nextCursor == nil)
        #expect(Page(rows: [Int](), limit: 2, cursor: cursor).data.isEmpty)
    }
}
