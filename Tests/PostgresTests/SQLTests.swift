import Foundation
import Testing

@testable import Postgres

@Suite struct SQLTests {
    @Test func `Values are bound and never pasted`() {
        let hostile = "'; drop table bookings; --"
        let sql: SQL = "select \(hostile), \(7), \(nil as String?)"
        #expect(sql.text == "select $1, $2, $3")
        #expect(sql.values == [.text(hostile), .text("7"), .null])
    }
}
