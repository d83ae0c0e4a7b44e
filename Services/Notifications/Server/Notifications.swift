import AuthContract
import BillingContract
import ContractKit
import Messaging
import NotificationsContract
import SchedulingContract
import ServiceKit
import WorkoutsContract

/// Tells each person what concerns them: in the inbox, and by email where there is an address.
enum Notifications: PalestraService {
    typealias Contract = NotificationsContract

    static let hears: [any Event.Type] = [
        PersonSaved.self, InvitationCreated.self, AccountLinkCreated.self, BookingCreated.self, BookingPromoted.self,
        BookingCancelled.self, SessionCancelled.self, SessionCompleted.self, InvoiceIssued.self, InvoicePaid.self, WorkoutCompleted.self,
        TrainerDocumentExpiring.self, ErasureRequested.self, ExportRequested.self, PersonMerged.self,
    ]

    static func build(_ context: ServiceContext) throws -> ServiceParts {
        let settings = context.settings
        let keys = try context.keyRing()
        guard let sender = try MailSender(settings.string("MAIL_FROM")) else {
            throw SettingError("MAIL_FROM must be an email address, or a name and an address: Palestra <no-reply@example.com>")
        }
        let mailer = try Mailer(url: settings.string("SMTP_URL"), from: sender)
        let teller = Teller(keys: keys)
        let publicURL = try settings.string("PUBLIC_URL")
        return ServiceParts(
            endpoints: InboxRoutes.all + [.auditLog(of: NotificationsContract.self), .organizationExport(of: Notifications.self, keys)],
            reactions: [
                OnPersonSaved(),
                OnInvitationCreated(teller: teller, publicURL: publicURL),
                OnAccountLinkCreated(teller: teller, publicURL: publicURL),
                OnBookingCreated(teller: teller), OnBookingPromoted(teller: teller), OnBookingCancelled(teller: teller),
                OnSessionCancelled(teller: teller), OnSessionCompleted(teller: teller),
                OnInvoiceIssued(teller: teller), OnInvoicePaid(teller: teller), OnWorkoutCompleted(teller: teller),
                OnTrainerDocumentExpiring(teller: teller), OnErasureRequested(),
                OnExportRequested(ring: keys),
                OnPersonMerged(),
            ],
            services: [MailJob(database: context.database, keys: keys, mailer: mailer, logger: context.logger)])
    }
}
