import CCurl
import ContractKit
import Foundation
import Logging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@testable import NotificationsServer

@Suite struct MailTroubleTests {
    @Test func aServerThatIsAwayLosesNothing() async throws {
        try await withDesk { desk in
            let people = (0..<3).map { _ in PersonID() }
            for person in people {
                try await desk.save(person, email: "\(person)@example.com")
                try await desk.tell(person)
            }
            let port = try await MailCatcher.run { $0.port }
            let job = try desk.job(to: "smtp://127.0.0.1:\(port)")
            await job.drain()
            // Only the first had to find out.
            #expect(try await desk.queue() == ["0|t|f", "0|t|f", "1|f|f"])
            #expect(try await desk.mails() == Array(repeating: "pending|t|f", count: 3))
            try await MailCatcher.run(port: port) { catcher in
                await job.drain()
                #expect(try await catcher.mails().count == 2)
                try await desk.passTime()
                await job.drain()
                #expect(Set(try await catcher.mails().map(\.recipient)) == Set(people.map { "\($0)@example.com" }))
            }
            #expect(try await desk.mails() == Array(repeating: "sent|f|f", count: 3))
        }
    }

    @Test func whatIsPostponedCostsNothing() async throws {
        try await withDesk { desk in
            let waiting = """
                insert into notifications.mail_queue (mail_id, organization_id, due_at)
                select gen_random_uuid(), gen_random_uuid(), now() + make_interval(hours => n) from generate_series(1, 2000) n;
                analyze notifications.mail_queue
                """
            try await desk.stored.sql(waiting)
            let plan = try await desk.service.database.transaction { tx in
                try await tx.query("explain (analyze, costs off) \(MailQueue.take)", as: String.self).joined(separator: "\n")
            }
            #expect(plan.contains("mail_queue_due") && !plan.contains("Rows Removed"), "\(plan)")
        }
    }

    @Test func aServerThatStaysAwayIsGivenUp() async throws {
        try await withDesk { desk in
            let ada = PersonID()
            try await desk.save(ada, email: "ada@example.com")
            try await desk.tell(ada)
            let port = try await MailCatcher.run { $0.port }
            let job = try desk.job(to: "smtp://127.0.0.1:\(port)")
            for attempt in 1..<MailRules.mostAttempts {
                await job.drain()
                #expect(try await desk.queue() == ["\(attempt)|f|f"])
                let wait = try await desk.stored.sql("select round(extract(epoch from due_at - now())) from notifications.mail_queue")
                #expect(abs((Int(wait) ?? 0) - MailRules.wait(after: attempt)) <= 5)
                try await desk.passTime()
            }
            await job.drain()
            #expect(try await desk.mails() == ["failed|f|f"])
            #expect(try await desk.queue() == [])
        }
    }

    @Test func aRefusalForGoodIsFinal() async throws {
        try await withDesk { desk in
            try await MailCatcher.run(.refusing("550 5.1.1 nobody of that name")) { catcher in
                let ada = PersonID()
                try await desk.save(ada, email: "ada@example.com")
                try await desk.tell(ada)
                try await desk.job(to: catcher.url).drain()
                #expect(try await desk.mails() == ["failed|f|f"])
                #expect(try await desk.queue() == [])
            }
        }
    }

    /// A refusal for now is tried again; that we may not send at all is no fault of the mail.
    @Test(arguments: ["450 4.2.1 mailbox busy", "421 4.3.2 closing", "530 5.7.0 sign in first"])
    func aRefusalForNowIsTriedAgain(reply: String) async throws {
        try await withDesk { desk in
            try await MailCatcher.run(.refusing(reply)) { catcher in
                let (ada, ben) = (PersonID(), PersonID())
                try await desk.save(ada, email: "ada@example.com")
                try await desk.save(ben, email: "ben@example.com")
                try await desk.tell(ada)
                try await desk.tell(ben)
                try await desk.job(to: catcher.url).drain()
                // The one does not stand in the other's way.
                #expect(try await desk.queue() == ["1|f|f", "1|f|f"])
                #expect(try await desk.mails() == ["pending|t|f", "pending|t|f"])
            }
        }
    }

    /// Passwords go over TLS or not at all.
    @Test func aPasswordIsNotSentInTheClear() async throws {
        try await MailCatcher.run { catcher in
            let mailer = Mailer(
                url: "smtp://gym:secret@127.0.0.1:\(catcher.port)", from: try #require(MailSender("gym@example.com")))
            let failure = await #expect(throws: Mailer.Failure.self) {
                try await mailer.send(Data("Subject: x\r\n\r\nx\r\n".utf8), to: "ada@example.com")
            }
            #expect(failure?.curlCode == CURLE_USE_SSL_FAILED.rawValue && failure?.isPermanent == false)
            #expect(try await catcher.mails().isEmpty)
        }
    }

    /// Taken and lost: the mail is another's after some seconds, not before.
    @Test func aLostSendersMailIsTakenOver() async throws {
        try await withDesk { desk in
            try await MailCatcher.run { catcher in
                let ada = PersonID()
                try await desk.save(ada, email: "ada@example.com")
                try await desk.tell(ada)
                let taken = try await desk.service.database.transaction { try await MailQueue(tx: $0).take() }
                #expect(taken?.attempts == 1)
                let job = try desk.job(to: catcher.url)
                await job.drain()
                #expect(try await catcher.mails().isEmpty)
                try await eventually {
                    await job.drain()
                    return try await catcher.mails().count == 1
                }
            }
        }
    }

    /// However long the server takes: who is at work is not taken for dead.
    @Test func aSenderAtWorkKeepsItsMail() async throws {
        try await withDesk { desk in
            try await MailCatcher.run(.silent) { catcher in
                let ada = PersonID()
                try await desk.save(ada, email: "ada@example.com")
                try await desk.tell(ada)
                let lease = { try await desk.stored.sql("select leased_until from notifications.mail_queue") }
                _ = try await running(desk.job(to: catcher.url)) {
                    try await eventually { try await desk.queue() == ["1|t|t"] }
                    let first = try await lease()
                    try await eventually { try await lease() != first }
                    #expect(try await desk.queue() == ["1|t|t"])
                }
            }
        }
    }

    /// The server has the mail and the database does not want to know yet.
    @Test func whatCannotBeNotedAtOnceIsNotedLaterAndSentOnce() async throws {
        try await withDesk { desk in
            try await MailCatcher.run { catcher in
                let ada = PersonID()
                try await desk.save(ada, email: "ada@example.com")
                try await desk.tell(ada)
                try await desk.stored.sql(
                    """
                    create sequence public.tries;
                    grant usage on schema public to public;
                    grant all on sequence public.tries to public;
                    create function public.refuse_twice() returns trigger language plpgsql as $$ begin
                        if nextval('public.tries') <= 2 then raise exception 'not now' using errcode = '57014'; end if;
                        return new;
                    end $$;
                    create trigger not_now before update on notifications.mails for each row execute function public.refuse_twice();
                    """)
                await (try desk.job(to: catcher.url)).drain()
                #expect(try await desk.mails() == ["sent|f|f"])
                #expect(try await desk.queue() == [])
                #expect(try await catcher.mails().count == 1)
            }
        }
    }

    @Test func theJobSendsWhatIsQueuedWhileItRunsAndEndsWhenTold() async throws {
        try await withDesk { desk in
            try await MailCatcher.run { catcher in
                let (ada, ben) = (PersonID(), PersonID())
                try await desk.save(ada, email: "ada@example.com")
                try await desk.save(ben, email: "ben@example.com")
                try await desk.tell(ada)
                var job = try desk.job(to: catcher.url)
                // Woken by the commit, not by the clock.
                job.pause = .seconds(3600)
                try await running(job) {
                    try await eventually { try await catcher.mails().count == 1 }
                    try await desk.tell(ben)
                    try await eventually { try await catcher.mails().count == 2 }
                    try await eventually { try await desk.queue() == [] }
                }
            }
        }
    }

    /// A server that says nothing holds up the end of the process by seconds, and the mail is there for the next one.
    @Test func theJobEndsWhileAServerIsSilent() async throws {
        try await withDesk { desk in
            try await MailCatcher.run(.swallowing) { catcher in
                let ada = PersonID()
                try await desk.save(ada, email: "ada@example.com")
                try await desk.tell(ada)
                let took = try await running(desk.job(to: catcher.url)) {
                    try await eventually { try await desk.queue() == ["1|t|t"] }
                }
                // By itself the attempt takes thirty, and after any the goodbye that nobody answers as long.
                #expect(took < .seconds(50))
                #expect(try await desk.queue() == ["1|f|f"])
            }
        }
    }

    @Test func aCancelledJobEnds() async throws {
        try await withDesk { desk in
            let job = try desk.job(to: "smtp://127.0.0.1:1")
            let task = Task { try await job.run() }
            task.cancel()
            try await task.value
        }
    }

    /// Runs the job as the process does, until `body` is done. - Returns: how long it took to end.
    @discardableResult
    private func running(_ job: MailJob, _ body: () async throws -> Void) async throws -> Duration {
        let group = ServiceGroup(services: [job], logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() })
        let task = Task { try await group.run() }
        do { try await body() } catch {
            task.cancel()
            throw error
        }
        let told = ContinuousClock.now
        await group.triggerGracefulShutdown()
        try await task.value
        return .now - told
    }
}
