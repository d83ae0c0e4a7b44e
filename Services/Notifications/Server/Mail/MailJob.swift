import AuthContract
import ContractKit
import FieldEncryption
import Foundation
import Logging
import Postgres
import ServiceLifecycle

/// Sends what is queued: woken by a commit that queued something, and every five seconds for what was postponed.
///
/// A mail is sent before it is settled, so one that was accepted just before a crash goes out twice, with the same Message-ID.
struct MailJob: Service {
    let database: Database
    let keys: KeyRing
    let mailer: Mailer
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask {
                    for await _ in database.signals(MailStore.signal) { wake.yield() }
                }
                group.addTask {
                    while (try? await Task.sleep(for: .seconds(5))) != nil { wake.yield() }
                    wake.finish()
                }
                wake.yield()
                for await _ in wakes { await drain() }
                group.cancelAll()
            }
        }
    }

    /// Sends until nothing is due.
    func drain() async {
        do {
            while !Task.isCancelled {
                let jobs = try await database.transaction { try await MailQueue(tx: $0).take() }
                if jobs.isEmpty { return }
                for job in jobs { try await send(job) }
            }
        } catch {
            // The queue is still there; the next wake tries again.
            logger.warning("mail is waiting", metadata: ["error": "\(error)"])
        }
    }

    private func send(_ job: MailQueue.Job) async throws {
        let tenant = Tenant(job.organizationID)
        let row = try await database.transaction(as: tenant, readOnly: true) { tx in
            try await MailStore(tx: tx, organizationID: job.organizationID).pending(job.mailID)
        }
        let outcome: MailStore.Outcome? = if let row { await attempt(row, job) } else { .failed }
        try await database.transaction(as: tenant) { tx in
            if let outcome {
                MailStore(tx: tx, organizationID: job.organizationID).settle(job.mailID, outcome, at: Date())
            } else {
                MailQueue(tx: tx).postpone(job.mailID, seconds: MailRules.wait(after: job.attempts))
            }
        }
    }

    /// Nil: to be tried again later.
    private func attempt(_ row: MailStore.Row, _ job: MailQueue.Job) async -> MailStore.Outcome? {
        guard row.recipient != nil || row.isActive != nil else { return job.attempts < MailRules.mostAttempts ? nil : .noAddress }
        guard let sealed = row.recipient ?? row.email else { return .noAddress }
        do {
            let address = try keys.open(sealed, context: PersonSaved.context("email", row.personID))
            let body = try keys.open(row.body, context: MailStore.bodyContext(job.mailID))
            let message = MailRules.message(
                id: job.mailID.description, from: mailer.from, to: address, subject: row.subject, body: body, date: row.createdAt)
            try await mailer.send(message, to: address)
            return .sent
        } catch let failure as Mailer.Failure {
            logger.warning(
                "a mail was not sent",
                metadata: [
                    "mail_id": "\(job.mailID)", "smtp_status": "\(failure.status)", "curl_code": "\(failure.curlCode)",
                    "attempts": "\(job.attempts)",
                ])
            return failure.isPermanent || job.attempts >= MailRules.mostAttempts ? .failed : nil
        } catch {
            logger.error("a mail cannot be opened", metadata: ["mail_id": "\(job.mailID)"])
            return .failed
        }
    }
}
