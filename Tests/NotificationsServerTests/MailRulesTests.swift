import Foundation
import TestSupport
import Testing

@testable import NotificationsServer

@Suite struct MailRulesTests {
    private let date = Date(timeIntervalSince1970: 1_772_388_005)

    private func message(subject: String = "Booked: Spin", body: String = "Hello", from: String = "gym@example.com") -> Data {
        MailRules.message(id: "one", from: from, to: "ada@example.com", subject: subject, body: body, date: date)
    }

    @Test func waitsGrow() {
        #expect((1...8).map(MailRules.wait(after:)) == [10, 60, 360, 3600, 3600, 3600, 3600, 3600])
        #expect(MailRules.wait(after: 0) == 10)
    }

    @Test func headersSayWhatTheyShould() async throws {
        let raw = String(decoding: message(), as: UTF8.self)
        #expect(raw.contains("Date: 1 Mar 2026 18:00:05 +0000\r\n"))
        #expect(raw.contains("Auto-Submitted: auto-generated\r\n"))
        let mail = try #require(try await CaughtMail.read([message()]).first)
        #expect(mail.messageID == "<one@palestra>" && mail.from == "gym@example.com" && mail.to == "ada@example.com")
        #expect(mail.defects == [])
    }

    /// Long, of several bytes a character, of several code points a character; whatever comes out is within the lines of mail.
    @Test(arguments: [
        "Booked: Spin", "x", String(repeating: "a", count: 200), String(repeating: "ä", count: 200), String(repeating: "課", count: 200),
        String(repeating: "🏋️‍♀️", count: 60), String(repeating: "👩‍👩‍👧‍👦", count: 28), "e" + String(repeating: "\u{301}", count: 100),
        "  spaces  at both ends  ", "=?utf-8?B?SGVsbG8=?=", "a, b; \"c\" <d@example.com>",
    ])
    func subjectsComeOutAsTheyWentIn(subject: String) async throws {
        let raw = message(subject: subject)
        let mail = try #require(try await CaughtMail.read([raw]).first)
        #expect(Array(mail.subject.unicodeScalars) == Array(subject.unicodeScalars))
        #expect(mail.defects == [])
        try expectLinesOfMail(raw)
    }

    @Test func aSubjectStaysOneHeader() async throws {
        let evil = "Hello\r\nBcc: everyone@example.com\r\n\r\nAnother body\n.\nQUIT"
        let raw = message(subject: evil, body: "Body")
        try expectLinesOfMail(raw)
        let mail = try #require(try await CaughtMail.read([raw]).first)
        #expect(!mail.headers.contains("Bcc") && mail.headers.count == 9)
        #expect(mail.body == "Body")
    }

    @Test(arguments: [
        "", "Hello", "one\ntwo\nthree", "one\r\ntwo", "\r\n.\r\nMAIL FROM:<evil@example.com>\r\n", ".", "a lone \r return",
        String(repeating: "a very long line without an end ", count: 200), "Füße 👩‍👩‍👧‍👦 課\n\n\n",
    ])
    func bodiesComeOutAsTheyWentIn(body: String) async throws {
        let raw = message(body: body)
        try expectLinesOfMail(raw)
        let mail = try #require(try await CaughtMail.read([raw]).first)
        let expected = body.replacing("\r\n", with: "\n")
        #expect(Array(mail.body.replacing("\r\n", with: "\n").utf8) == Array(expected.utf8))
        #expect(mail.defects == [])
    }

    @Test(arguments: [
        ("gym@example.com", "gym@example.com", ""), ("<gym@example.com>", "gym@example.com", ""),
        ("Palestra <no-reply@palestra.invalid>", "no-reply@palestra.invalid", "Palestra"),
        (#" "Iron, Temple" <gym@example.com> "#, "gym@example.com", "Iron, Temple"),
        (String(repeating: "Krafträume ", count: 9) + "<gym@example.com>", "gym@example.com", "Krafträume Krafträume"),
    ])
    func sendersHaveNames(text: String, address: String, name: String) async throws {
        let sender = try #require(MailSender(text))
        #expect(sender.address == address)
        let raw = message(from: sender.header)
        try expectLinesOfMail(raw)
        let mail = try #require(try await CaughtMail.read([raw]).first)
        #expect(mail.from.hasSuffix(name.isEmpty ? address : "<\(address)>") && mail.defects == [])
        #expect(name.isEmpty || mail.from.contains(name))
    }

    @Test(arguments: [
        "", "Palestra", "Palestra <>", "a@b", "Palestra <gym@example.com", "<a@example.com> <", "a@example.com\r\nBcc: b@example.com",
        "Gym\r\nBcc: x@example.com <gym@example.com>",
    ])
    func whatIsNoSenderIsRefused(text: String) { #expect(MailSender(text) == nil) }

    /// ASCII, CRLF and nothing else, no line over 76 characters.
    private func expectLinesOfMail(_ raw: Data) throws {
        #expect(raw.allSatisfy { $0 < 128 })
        let text = String(decoding: raw, as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 76 && !$0.utf8.contains(13) && !$0.utf8.contains(10) }, "\(text)")
        #expect(lines.contains(""))
    }
}
