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
    /// How often it looks for what was postponed.
    var pause = Duration.seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                group.addTask {
                    for await _ in database.signals(MailStore.signal) { wake.yield() }
                }
                group.addTask {
                    while (try? await Task.sleep(for: pause)) != nil { wake.yield() }
                    wake.finish()
                }
                wake.yield()
                for await _ in wakes { await drain() }
                group.cancelAll()
            }
        }
    }

    /// Sends until nothing is due, or the server turns out to be away.
    func drain() async {
        do {
            while !Task.isCancelled, let job = try await database.transaction({ try await MailQueue(tx: $0).take() }) {
                guard try await send(job) else { return }
            }
        } catch {
            // The queue is still there; the next wake, or the next process, tries again.
            if !Task.isCancelled { logger.warning("mail is waiting", metadata: ["error": "\(error)"]) }
        }
    }

    private enum Result {
        case settled(MailStore.Outcome)
        case postponed
        /// Postponed, and the others need not be tried now.
        case serverAway
    }

    /// - Returns: whether it makes sense to go on with the next.
    private func send(_ job: MailQueue.Job) async throws -> Bool {
        let tenant = Tenant(job.organizationID)
        let row = try await database.transaction(as: tenant, readOnly: true) { tx in
            try await MailStore(tx: tx, organizationID: job.organizationID).pending(job.mailID)
        }
        let result = if let row { await keeping(job) { await attempt(row, job) } } else { Result.settled(.failed) }
        // A task of its own, which is not cancelled with the job: what was sent and not noted would be sent again.
        try await Task { try await note(result, of: job, tenant) }.value
        if case .serverAway = result { return false } else { return true }
    }

    /// The mail stays ours while the server takes its time.
    private func keeping<R: Sendable>(_ job: MailQueue.Job, _ work: () async -> R) async -> R {
        let renewal = Task {
            while (try? await Task.sleep(for: MailQueue.renewal)) != nil {
                try? await database.transaction { MailQueue(tx: $0).keep(job.mailID) }
            }
        }
        defer { renewal.cancel() }
        return await work()
    }

    /// Once more when the database could not take it: the mail would go out a second time.
    private func note(_ result: Result, of job: MailQueue.Job, _ tenant: Tenant, tries: Int = 5) async throws {
        do {
            try await database.transaction(as: tenant) { tx in
                switch result {
                case .settled(let outcome):
                    MailStore(tx: tx, organizationID: job.organizationID).settle(job.mailID, outcome, at: Date())
                case .postponed, .serverAway:
                    MailQueue(tx: tx).postpone(job.mailID, seconds: MailRules.wait(after: job.attempts))
                }
            }
        } catch  where tries > 1 {
            try await Task.sleep(for: .milliseconds(200))
            try await note(result, of: job, tenant, tries: tries - 1)
        }
    }

    /// An address that came with an event about somebody who was merged into the person is sealed for that one.
    private func opened(_ sealed: SealedText, of row: MailStore.Row) throws -> String {
        do { return try keys.open(sealed, context: PersonSaved.context("email", row.personID)) } catch {
            for former in row.formerIDs {
                if let address = try? keys.open(sealed, context: PersonSaved.context("email", former)) { return address }
            }
            throw error
        }
    }

    private func attempt(_ row: MailStore.Row, _ job: MailQueue.Job) async -> Result {
        let isLast = job.attempts >= MailRules.mostAttempts
        // Their address may be on its way here.
        guard row.recipient != nil || row.isActive != nil else { return isLast ? .settled(.noAddress) : .postponed }
        guard let sealed = row.recipient ?? row.email else { return .settled(.noAddress) }
        do {
            let address = try opened(sealed, of: row)
            let body = try keys.open(row.body, context: MailStore.bodyContext(job.mailID))
            let message = MailRules.message(
                id: job.mailID.description, from: mailer.from.header, to: address, subject: row.subject, body: body, date: row.createdAt)
            try await mailer.send(message, to: address)
            return .settled(.sent)
        } catch let failure as Mailer.Failure {
            logger.warning(
                "a mail was not sent",
                metadata: [
                    "mail_id": "\(job.mailID)", "smtp_status": "\(failure.status)", "curl_code": "\(failure.curlCode)",
                    "attempts": "\(job.attempts)",
                ])
            if failure.isPermanent || isLast { return .settled(.failed) }
            return failure.isServerAway ? .serverAway : .postponed
        } catch {
            logger.error("a mail cannot be opened", metadata: ["mail_id": "\(job.mailID)"])
            return .settled(.failed)
        }
    }
}
