import ContractKit
import NotificationsContract

/// What people are told, and which reactions have heard it: the inbox, the mail that went out, the inboxes of the services.
struct Telling {
    let tables: Tables
    let now: Moment

    /// Tells one person, of an event that concerns them.
    func tell(_ message: Message, to person: ID, of organization: Organization, event: ID, at moment: Moment) throws {
        let id = ID(moment, &organization.chance)
        let seen = organization.chance.unit() < (moment < now - 14 * .days ? 0.95 : 0.6)
        let read = moment + organization.chance.between(60, 2 * .days)
        let table = tables.notifications
        try table.begin()
        table.id(organization.id)
        table.id(id)
        table.id(person)
        table.id(event)
        table.text(message.kind.rawValue)
        table.text(message.title)
        table.text(message.body)
        table.moment(moment)
        table.moment(seen && read < now ? read : nil)
        table.moment(seen && read < now ? read : moment)

        let mails = tables.mails
        try mails.begin()
        mails.id(organization.id)
        mails.id(ID(moment, &organization.chance))
        mails.id(person)
        mails.id(event)
        mails.text(message.title)
        // Taken out once it is sent: it may hold a secret.
        mails.text("")
        mails.text("sent")
        mails.moment(moment)
        mails.moment(moment + 1)
        mails.moment(moment + 1)
    }

    /// Reactions remember for a while what they have handled.
    func heard(_ event: ID, at moment: Moment, by reactions: [Reaction]) throws {
        guard moment > now - Shape.inboxMemory else { return }
        for reaction in reactions {
            let table =
                switch reaction.service {
                case "scheduling": tables.schedulingInbox
                case "workouts": tables.workoutsInbox
                case "billing": tables.billingInbox
                default: tables.notificationsInbox
                }
            try table.begin()
            table.text(reaction.rawValue)
            table.id(event)
            table.text("done")
            table.moment(moment)
            table.moment(moment)
        }
    }
}

/// The reactions to what happens in the year, by the names that they have chosen.
enum Reaction: String, CaseIterable {
    case bookingCreated = "notifications.on-booking-created"
    case bookingCancelled = "notifications.on-booking-cancelled"
    case sessionCancelled = "notifications.on-session-cancelled"
    case sessionCompleted = "notifications.on-session-completed"
    case workoutCompleted = "notifications.on-workout-completed"
    case invoiceIssued = "notifications.on-invoice-issued"
    case invoicePaid = "notifications.on-invoice-paid"
    case billed = "billing.on-session-completed"
    case opened = "workouts.on-session-completed"
    case bookingsPaid = "scheduling.bookings-paid"

    var service: Substring { rawValue.prefix { $0 != "." } }
}
