import BillingContract
import ContractKit
import Foundation

/// Invoices: a line for each attendance, sent when the month is over, paid by most.
struct Books {
    let tables: Tables
    let telling: Telling
    let now: Moment

    /// Puts an attendance on the member's draft of the month.
    func bill(
        _ member: Member, of organization: Organization, session: ID, booking: ID, type: ClassType, dayText: String, period: Day,
        at moment: Moment
    ) throws {
        let draft: Draft
        if var open = member.draft {
            open.lines += 1
            open.subtotal += type.price
            open.updatedAt = moment
            draft = open
        } else {
            draft = Draft(
                id: ID(moment, &organization.chance), createdAt: moment, updatedAt: moment, period: period, subtotal: type.price)
        }
        member.draft = draft
        let table = tables.lines
        try table.begin()
        table.id(organization.id)
        table.id(ID(moment, &organization.chance))
        table.id(draft.id)
        table.id(session)
        table.id(booking)
        table.id(member.id)
        table.text("\(type.name), \(dayText)")
        table.int(1)
        table.long(type.price)
        table.long(type.price)
        table.moment(moment)
        table.moment(moment)
    }

    /// How an invoice of the month is settled: known before, because the bookings behind it say so as well.
    struct Settlement {
        var sentAt: Moment
        var receivedAt: Moment?
        /// Whether all was received.
        var isPaid: Bool
    }

    func settlement(_ member: Member, _ place: Int, of organization: Organization, period: Day) -> Settlement {
        var habits = Chance(member.habits &+ UInt64(period.number))
        let sentAt = organization.midnight(period.nextMonth) + 1 * .hours + Double(place) * 0.2
        let receivedAt = sentAt + habits.between(0.1, 20) * .days
        let temper = habits.unit()
        let isReceived = sentAt < now && receivedAt < now && temper < 0.96
        return Settlement(sentAt: sentAt, receivedAt: isReceived ? receivedAt : nil, isPaid: isReceived && temper < 0.93)
    }

    /// Sends what is left of the months before `day`.
    func close(_ organization: Organization, before day: Day) throws {
        for (place, member) in organization.members.enumerated() {
            guard let draft = member.draft, draft.period < day.monthBegin else { continue }
            let settlement = settlement(member, place, of: organization, period: draft.period)
            guard settlement.sentAt < now else { continue }
            try send(draft, of: member, organization, settlement)
            member.draft = nil
        }
    }

    /// Writes the drafts that are open still, and how far the organization has counted.
    func end(_ organization: Organization) throws {
        for member in organization.members {
            guard let draft = member.draft else { continue }
            try write(draft, of: member, organization, status: "draft", updatedAt: draft.updatedAt, version: draft.lines)
        }
        if organization.lastNumber > 0 {
            try tables.counters.begin()
            tables.counters.id(organization.id)
            tables.counters.long(organization.lastNumber)
        }
    }

    private struct Sent {
        var number: Int64
        var total: Int64
        var paid: Int64
        var issuedAt: Moment
        var dueOn: Day
    }

    private func send(_ draft: Draft, of member: Member, _ organization: Organization, _ settlement: Settlement) throws {
        let totals = InvoiceRules.totals(lines: [draft.subtotal], rates: organization.rates)
        let due = InvoiceRules.dueDay(issuedAt: settlement.sentAt.date, in: organization.zone.timeZone)
        organization.lastNumber += 1
        let received = settlement.receivedAt == nil ? 0 : settlement.isPaid ? totals.total : totals.total / 2
        let sent = Sent(
            number: organization.lastNumber, total: totals.total, paid: received, issuedAt: settlement.sentAt,
            dueOn: Day(due))
        try write(
            draft, of: member, organization, status: settlement.isPaid ? "paid" : "sent", sent: sent,
            updatedAt: settlement.receivedAt ?? settlement.sentAt, version: draft.lines + (settlement.receivedAt == nil ? 1 : 2))
        for (position, tax) in zip(organization.rates, totals.taxes).enumerated() {
            try tables.invoiceTaxes.begin()
            tables.invoiceTaxes.id(organization.id)
            tables.invoiceTaxes.id(draft.id)
            tables.invoiceTaxes.int(position)
            tables.invoiceTaxes.text(tax.0.code)
            tables.invoiceTaxes.long(tax.0.rate.millionths)
            tables.invoiceTaxes.long(tax.1)
        }
        if let receivedAt = settlement.receivedAt { try receive(sent, for: draft, organization, at: receivedAt) }
        try announce(draft, sent, due, of: member, organization, settlement)
    }

    private func write(
        _ draft: Draft, of member: Member, _ organization: Organization, status: String, sent: Sent? = nil, updatedAt: Moment,
        version: Int64
    ) throws {
        let table = tables.invoices
        try table.begin()
        table.id(organization.id)
        table.id(draft.id)
        table.id(member.id)
        table.day(draft.period)
        table.text(organization.currency.rawValue)
        table.text(status)
        table.long(sent?.number)
        table.long(sent?.total)
        table.long(sent?.paid ?? 0)
        table.moment(sent?.issuedAt)
        table.day(sent?.dueOn)
        table.long(version)
        table.moment(draft.createdAt)
        table.moment(updatedAt)
    }

    private func receive(_ sent: Sent, for draft: Draft, _ organization: Organization, at moment: Moment) throws {
        let table = tables.payments
        try table.begin()
        table.id(organization.id)
        table.id(ID(moment, &organization.chance))
        table.id(draft.id)
        table.long(sent.paid)
        table.text(organization.chance.pick(["cash", "cheque", "e-transfer", "e-transfer", "credit"]))
        table.text(organization.chance.happens(0.5) ? "Ref \(sent.number)" : nil)
        table.moment(moment)
        table.id(organization.owner)
        table.moment(moment)
        table.moment(moment)
    }

    private func announce(
        _ draft: Draft, _ sent: Sent, _ due: LocalDay, of member: Member, _ organization: Organization, _ settlement: Settlement
    ) throws {
        guard let number = Line(rawValue: InvoiceRules.number(sent.number)) else { return }
        let total = Money(amount: sent.total, currency: organization.currency)
        let (organizationID, memberID) = (organization.organizationID, PersonID(rawValue: member.id.uuid))
        let issued = ID(sent.issuedAt, &organization.chance)
        try telling.tell(
            .about(
                InvoiceIssued(
                    organizationID: organizationID, invoiceID: InvoiceID(rawValue: draft.id.uuid), memberID: memberID, number: number,
                    total: total, dueOn: due, version: draft.lines + 1)),
            to: member.id, of: organization, event: issued, at: sent.issuedAt)
        try telling.heard(issued, at: sent.issuedAt, by: [.invoiceIssued])
        guard settlement.isPaid, let receivedAt = settlement.receivedAt else { return }
        let paid = ID(receivedAt, &organization.chance)
        try telling.tell(
            .about(
                InvoicePaid(
                    organizationID: organizationID, invoiceID: InvoiceID(rawValue: draft.id.uuid), memberID: memberID, number: number,
                    total: total, bookingIDs: [], version: draft.lines + 2)),
            to: member.id, of: organization, event: paid, at: receivedAt)
        try telling.heard(paid, at: receivedAt, by: [.invoicePaid, .bookingsPaid])
    }
}

extension Day {
    init(_ day: LocalDay) {
        // The inverse of ``civil``.
        let year = day.month <= 2 ? day.year - 1 : day.year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (day.month > 2 ? day.month - 3 : day.month + 9) + 2) / 5 + day.day - 1
        self.init(number: era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }
}
