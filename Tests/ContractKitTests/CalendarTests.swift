import ContractKit
import Foundation
import Testing

@Suite struct CalendarTests {
    @Test(arguments: [
        ("2026-03-01T10:00:00Z", 1_772_359_200.0), ("2026-03-01T10:00:00.250Z", 1_772_359_200.25),
        ("2026-03-01T05:00:00-05:00", 1_772_359_200),
        ("2026-03-01T15:30:00+05:30", 1_772_359_200),
    ])
    func `A moment is read with any offset`(text: String, seconds: Double) throws {
        #expect(abs(try #require(Moment.date(text)).timeIntervalSince1970 - seconds) < 0.0005)
    }

    @Test(arguments: [
        "", "2026-03-01", "2026-03-01T10:00:00", "2026-13-01T10:00:00Z", "2026-02-30T10:00:00Z", "2026-03-01T25:00:00Z", "1772359200",
        "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-01T10:00:00Zulu",
    ])
    func `What is no moment`(text: String) { #expect(Moment.date(text) == nil, "\(text)") }

    @Test func `A moment is written in UTC, with milliseconds when there are any`() {
        #expect(Moment.text(Date(timeIntervalSince1970: 1_772_359_200)) == "2026-03-01T10:00:00Z")
        #expect(Moment.text(Date(timeIntervalSince1970: 1_772_359_200.25)) == "2026-03-01T10:00:00.250Z")
        #expect(Moment.text(Date(timeIntervalSince1970: 1_772_359_200.9999)) == "2026-03-01T10:00:01Z")
    }

    @Test(arguments: ["2024-02-29", "1900-01-01", "2199-12-31", "2026-12-31"])
    func `Days that are`(text: String) { #expect(LocalDay(rawValue: text)?.rawValue == text) }

    @Test(arguments: [
        "2026-02-29", "1900-02-29", "2026-00-01", "2026-01-00", "2026-01-32", "2026-1-1", "1899-12-31", "2200-01-01", "2026-01-01Z",
        "20260101",
        "２０２６-01-01", "2026--1-01",
    ])
    func `Days that are not`(text: String) { #expect(LocalDay(rawValue: text) == nil) }

    @Test func `A moment falls on its zone's day`() throws {
        let moment = try #require(Moment.date("2026-03-01T02:00:00Z"))
        #expect(LocalDay(moment, in: try #require(TimeZone(identifier: "America/Toronto"))).rawValue == "2026-02-28")
        #expect(LocalDay(moment, in: .gmt).rawValue == "2026-03-01")
    }

    @Test func `Time zones have names of the IANA database`() {
        #expect(TimeZoneID(rawValue: "America/Toronto") != nil)
        #expect(TimeZoneID(rawValue: "UTC") != nil)
        #expect(TimeZoneID(rawValue: "EST") == nil)
        #expect(TimeZoneID(rawValue: "Mars/Olympus") == nil)
        #expect(TimeZoneID(rawValue: "../../etc/passwd") == nil)
    }
}
