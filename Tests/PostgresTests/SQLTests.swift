import Foundation
import Testing

@testable import Postgres

@Suite struct SQLTests {
    @Test func `Values are bound and never pasted`() {
        let hostile = "'; drop table bookings; --"
        let sql: SQL = "select \(hostile), \(7), \(nil as String?)"
        #expect(sql.text == "select $1, $2, $3")
        #expect(sql.values == [.text(hostile), .integer(7), .null])
    }

    @Test func `A fragment's values are renumbered, also the tenth`() {
        let many: SQL = "\(1), \(2), \(3), \(4), \(5), \(6), \(7), \(8), \(9), \(10), \(11)"
        let sql: SQL = "select \("first"), \(many), \("last")"
        #expect(sql.text == "select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13")
        #expect(sql.values.map(\.self) == [.text("first")] + (1...11).map { .integer($0) } + [.text("last")])
    }

    @Test func `Dollars in a fragment's text stay what they are`() {
        let fragment: SQL = "'costs $1' || \("a") || '$10'"
        let sql: SQL = "select \(0), \(fragment)"
        #expect(sql.text == "select $1, 'costs $1' || $2 || '$10'")
    }

    @Test func `Array elements are quoted scalar by scalar`() {
        // With an accent over it the quote is another character to Swift.
        #expect(["a\"b\\c"].sqlValue == .text(#"{"a\"b\\c"}"#))
        #expect(["\"\u{301},x"].sqlValue == .text("{\"\\\"\u{301},x\"}"))
        #expect([Data([0, 255])].sqlValue == .text(#"{"\\x00ff"}"#))
        #expect([String]().sqlValue == .text("{}"))
    }

    @Test func `Ids and words bind as what they wrap, in arrays too`() {
        enum Word: String { case one, two }
        let id = TestID()
        let sql: SQL = "select \(id), \([Word.one, .two]), \(nil as TestID?)"
        #expect(sql.values == [.uuid(id.rawValue), .text(#"{"one","two"}"#), .null])
    }

    @Test func `Identifiers are quoted`() {
        #expect(SQL.identifier("a\"b\u{301}\"\u{301}\0").text == "\"a\"\"b\u{301}\"\"\u{301}\"")
    }

    @Test(arguments: [
        ("sessionID", "session_id"), ("memberIDs", "member_ids"), ("id", "id"), ("nextURL", "next_url"), ("IDs", "ids"),
        ("startsAt", "starts_at"), ("isActive", "is_active"), ("session_id", "session_id"),
    ])
    func `Properties find their columns`(property: String, column: String) {
        #expect(ColumnName.of(property) == column)
    }

    @Test func `Moments are written to the microsecond, before 1970 too`() {
        #expect(PostgresMoment.text(Date(timeIntervalSince1970: 1_772_359_200.123456)) == "2026-03-01 10:00:00.123456+00")
        #expect(PostgresMoment.text(Date(timeIntervalSince1970: -0.000001)) == "1969-12-31 23:59:59.999999+00")
        #expect(PostgresMoment.text(Date(timeIntervalSince1970: .infinity)) == "out of range")
        #expect(PostgresMoment.text(Date(timeIntervalSince1970: .nan)) == "out of range")
    }

    @Test func `Errors keep no values`() {
        let message = DatabaseError.withoutValues("invalid input syntax for type uuid: \"\u{301}secret\"x\"", sqlState: "22P02")
        #expect(message == "invalid input syntax for type uuid: \"…\"")
        let error = DatabaseError(kind: .server, sqlState: "23505", constraint: "people_email", message: "secret")
        #expect("\(error)" == "server 23505 people_email")
    }

    @Test func `What passes by itself is worth another try`() {
        for state in ["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "08006"] {
            #expect(DatabaseError(kind: .server, sqlState: state, message: "").isRetriable)
        }
        #expect(DatabaseError(kind: .connectionLost, message: "").isRetriable)
        #expect(DatabaseError(kind: .connectionFailed, message: "").isRetriable)
        #expect(!DatabaseError(kind: .commitOutcomeUnknown, sqlState: "57P01", message: "").isRetriable)
        #expect(!DatabaseError(kind: .server, sqlState: "23505", message: "").isRetriable)
        #expect(!DatabaseError(kind: .server, sqlState: "0A000", message: "").isRetriable)
    }
}
