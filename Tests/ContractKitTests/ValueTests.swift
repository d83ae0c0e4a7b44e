import ContractKit
import Foundation
import Testing

@Suite struct ValueTests {
    @Test func `White space around a text is cut off`() {
        #expect(Line(rawValue: "  Ada \n")?.rawValue == "Ada")
        #expect(Line(rawValue: " \t ") == nil)
        #expect(Paragraph(rawValue: "  ")?.rawValue == "")
    }

    @Test func `A text's length counts scalars, at both ends`() {
        #expect(Line(rawValue: String(repeating: "é", count: 200)) != nil)
        #expect(Line(rawValue: String(repeating: "é", count: 201)) == nil)
        #expect(SearchText(rawValue: "") != nil)
        #expect(SearchText(rawValue: String(repeating: "a", count: 101)) == nil)
    }

    @Test func `Control characters are refused, line breaks where there may be several lines`() {
        #expect(Line(rawValue: "a\nb") == nil)
        #expect(Paragraph(rawValue: "a\r\n\tb") != nil)
        #expect(Line(rawValue: "a\u{0}b") == nil)
        #expect(Paragraph(rawValue: "a\u{0}b") == nil)
        #expect(Paragraph(rawValue: "a\u{1B}b") == nil)
        #expect(Line(rawValue: "👩‍👩‍👧 Ünïcødé 日本") != nil)
    }

    /// The first holds a full-width sign that the address's normal form has as a second `@`.
    @Test(arguments: ["a＠b@c.example", "a﹫b@c.example", "a@b.example＞x", "a@b.example，c", "a@b．．example"])
    func `An address whose normal form is none is refused`(text: String) { #expect(EmailAddress(rawValue: text) == nil) }

    @Test func `An address may hold letters of any script`() {
        #expect(EmailAddress(rawValue: "ünï@bücher.example") != nil)
        #expect(EmailAddress(rawValue: "ａｄａ@example.com")?.normalized == "ada@example.com")
    }

    @Test(arguments: [
        "America/Toronto\u{0}", "America/Toronto\u{0}/x", "America/../America/Toronto", "../../etc/localtime", "Ämerica/Toronto",
    ])
    func `A name that is no more than the beginning of a zone's is refused`(text: String) {
        #expect(TimeZoneID(rawValue: text) == nil)
    }

    @Test func `Numbers keep to their range`() {
        #expect(Rating(rawValue: 1) != nil && Rating(rawValue: 10) != nil)
        #expect(Rating(rawValue: 0) == nil && Rating(rawValue: 11) == nil)
        #expect(Minutes(rawValue: 1440) != nil && Minutes(rawValue: 1441) == nil)
    }

    @Test func `A weight reads back as it was entered`() throws {
        for text in ["82.5", "0.001", "1999.999", "102.05"] {
            let weight = try #require(Double(text).flatMap(Kilograms.init(rawValue:)))
            #expect("\(weight.rawValue)" == text)
        }
        #expect(Kilograms(rawValue: .nan) == nil)
        #expect(Kilograms(rawValue: -0.1) == nil)
        #expect(Kilograms(rawValue: 2000.1) == nil)
    }

    @Test(arguments: ["ada@example.com", "a.b+c@sub.example.co", "Ünï@exämple.org"])
    func `Email addresses`(text: String) { #expect(EmailAddress(rawValue: text) != nil) }

    @Test(arguments: [
        "", "ada", "ada@", "@example.com", "a@b", "a@@example.com", "a b@example.com", "a@example..com", "a@-example.com",
        "a@example.com\r\nBcc: b@example.com", "<a@example.com>", "a,b@example.com", ".a@example.com", "a\u{0}@example.com",
    ])
    func `What is no email address`(text: String) { #expect(EmailAddress(rawValue: text) == nil) }

    @Test func `Secrets do not print`() throws {
        let password = try #require(Password(rawValue: "correct horse"))
        var dumped = ""
        dump(password, to: &dumped)
        #expect(!"\(password) \(String(reflecting: password)) \(dumped)".contains("horse"))
        #expect(Password(rawValue: "sevench") == nil)
        #expect(Password(rawValue: "a\u{0}bcdefghij") == nil)
    }

    @Test func `Ids stand in the order in which they were made, though many are made within a millisecond`() {
        let start = Date(timeIntervalSince1970: 1_800_000_000.000_25)
        let ids = (0..<2000).map { UUID.v7(now: start.addingTimeInterval(Double($0) * 0.000_001)).lowercaseText }
        #expect(ids == ids.sorted() && Set(ids.map { $0.prefix(13) }).count == 3)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil })
        #expect(Set((0..<1000).map { _ in UUID.v7(now: start) }).count == 1000)
    }

    @Test func `An id keeps the moment it was made, and only a UUIDv7 does`() throws {
        let now = Date(timeIntervalSince1970: 1_772_359_200.123)
        let id = ShelfID(now: now)
        #expect(abs(try #require(id.madeAt).timeIntervalSince(now)) < 0.001)
        #expect(ShelfID(rawValue: UUID()).madeAt == nil)
        #expect(id.description == id.description.lowercased())
        #expect(ShelfID(id.description.uppercased()) == id)
        #expect(ShelfID("not-a-uuid") == nil)
    }

    @Test func `Ids sort by the moment they were made`() {
        let ids = (0..<100).map { ShelfID(now: Date(timeIntervalSince1970: 1_772_359_200 + Double($0))).description }
        #expect(ids == ids.sorted())
    }
}
