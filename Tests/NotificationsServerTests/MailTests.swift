import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import TestSupport
import Testing

@testable import NotificationsServer

/// Over a real SMTP server.
@Suite struct MailTests {
    @Test func aMailGoesOutOnceAndItsBodyIsForgotten() async throws {
        try await withDesk { desk in
            try await MailCatcher.run { catcher in
                let ada = PersonID()
                try await desk.save(ada, email: "ada@example.com")
                try await desk.tell(ada, "Kraft & Ausdauer 🏋️‍♀️")
                let job = try desk.job(to: catcher.url)
                await job.drain()
                await job.drain()
                let mail = try #require(try await catcher.mails().first)
                #expect(try await catcher.mails().count == 1)
                #expect(mail.recipient == "ada@example.com" && mail.to == "ada@example.com" && mail.sender == "gym@example.com")
                #expect(mail.from == "Iron Temple <gym@example.com>" && mail.subject == "Booked: Kraft & Ausdauer 🏋️‍♀️")
                #expect(mail.body == "Your place in Kraft & Ausdauer 🏋️‍♀️ on 1 March 2026, 13:00 is confirmed." && mail.defects == [])
                let id = try await desk.stored.sql("select mail_id from notifications.mails")
                #expect(mail.messageID.lowercased() == "<\(id)@palestra>")
                #expect(try await desk.mails() == ["sent|f|f"])
                #expect(try await desk.queue() == [])
            }
        }
    }

    @Test func whoHasNoAddressGetsNoMail() async throws {
        try await withDesk { desk in
            let (without, removed) = (PersonID(), PersonID())
            try await desk.save(without, email: nil)
            try await desk.save(removed, email: "gone@example.com", isActive: false)
            try await desk.tell(without)
            try await desk.tell(removed)
            #expect(try await desk.mails() == [])
            #expect(try await desk.queue() == [])
            #expect(try await desk.inbox(of: without).count == 1)
        }
    }

    @Test func aPersonMayBecomeKnownLater() async throws {
        try await withDesk { desk in
            try await MailCatcher.run { catcher in
                let (ada, nobody) = (PersonID(), PersonID())
                let job = try desk.job(to: catcher.url)
                try await desk.tell(ada)
                await job.drain()
                #expect(try await desk.mails() == ["pending|t|f"])
                #expect(try await desk.queue() == ["1|f|f"])
                try await desk.save(ada, email: "ada@example.com")
                await job.drain()
                #expect(try await catcher.mails().isEmpty)
                try await desk.passTime()
                await job.drain()
                #expect(try await catcher.mails().map(\.recipient) == ["ada@example.com"])

                try await desk.tell(nobody)
                for _ in 0..<MailRules.mostAttempts {
                    try await desk.passTime()
                    await job.drain()
                }
                #expect(try await desk.mails() == ["sent|f|f", "no_address|f|f"])
            }
        }
    }

    /// An address of its own, such as an invitation's, needs no knowledge of the person.
    @Test func anInvitationCarriesItsLinkAndLeavesNoTrace() async throws {
        try await withDesk { desk in
            try await MailCatcher.run { catcher in
                let ada = PersonID()
                let (address, token, name) = ("zebulon.quixote@example.com", "inv1-planted-secret", "Zebulon Quixote")
                try await desk.save(ada, email: address, name: name)
                let event = try desk.invitation(ada, email: address, token: token)
                try await desk.service.hear(OnInvitationCreated(teller: desk.teller, publicURL: "https://gym.example"), event)
                let before = try await desk.dump()
                try await desk.job(to: catcher.url).drain()
                let after = try await desk.dump()

                let mail = try #require(try await catcher.mails().first)
                #expect(mail.recipient == address && mail.subject == "Your invitation" && mail.defects == [])
                #expect(mail.body.contains("https://gym.example/invitations#\(token)\n") || mail.body.contains("/invitations#\(token)\r\n"))
                #expect(mail.body.contains("1 March 2026, 18:00 (UTC)"))

                #expect(before.contains("pending") && after.contains("sent") && !after.contains(event.email.rawValue + ","))
                for dump in [before, after] {
                    for secret in [address, token, name, "zebulon", "quixote", "planted", "gym.example/invitations"] {
                        #expect(!dump.lowercased().contains(secret.lowercased()), "\(secret)")
                        #expect(!dump.contains(Data(secret.utf8).map { String(format: "%02x", $0) }.joined()), "\(secret)")
                        #expect(!dump.contains(Data(secret.utf8).base64EncodedString().prefix(12)), "\(secret)")
                    }
                }
            }
        }
    }

    /// Bound to its person and its mail: a row that was copied elsewhere sends nothing.
    @Test func aBodyOpensInItsOwnMailOnly() async throws {
        try await withDesk { desk in
            try await MailCatcher.run { catcher in
                let (ada, eve) = (PersonID(), PersonID())
                try await desk.save(ada, email: "ada@example.com")
                try await desk.save(eve, email: "eve@example.com")
                try await desk.tell(ada)
                try await desk.stored.sql(
                    """
                    insert into notifications.mails (organization_id, mail_id, person_id, event_id, subject, body)
                    select organization_id, gen_random_uuid(), '\(eve)', event_id, subject, body from notifications.mails;
                    delete from notifications.mail_queue;
                    insert into notifications.mail_queue (mail_id, organization_id)
                    select mail_id, organization_id from notifications.mails where person_id = '\(eve)'
                    """)
                try await desk.job(to: catcher.url).drain()
                #expect(try await catcher.mails().isEmpty)
                #expect(try await desk.mails().sorted() == ["failed|f|f", "pending|t|f"])
            }
        }
    }

    @Test func manyMailsGoToTheirPeople() async throws {
        try await withDesk { desk in
            try await MailCatcher.run { catcher in
                let people = (0..<40).map { _ in PersonID() }
                for (number, person) in people.enumerated() {
                    try await desk.save(person, email: "member\(number)@example.com")
                    try await desk.tell(person, "Class \(number)" as String)
                }
                // As two replicas do.
                let jobs = [try desk.job(to: catcher.url), try desk.job(to: catcher.url)]
                await withTaskGroup(of: Void.self) { group in
                    for job in jobs { group.addTask { await job.drain() } }
                }
                // One may have gone home while the other still was at its last.
                #expect(try await desk.mails() == Array(repeating: "sent|f|f", count: 40))
                let mails = try await catcher.mails()
                #expect(mails.count == 40 && Set(mails.map(\.messageID)).count == 40)
                for mail in mails {
                    #expect(mail.recipient.replacing("@example.com", with: "").replacing("member", with: "Booked: Class ") == mail.subject)
                }
            }
        }
    }
}

extension Desk {
    func tell(_ member: PersonID, _ className: String) async throws { try await tell(member, Line(rawValue: className) ?? "Spin") }
}
