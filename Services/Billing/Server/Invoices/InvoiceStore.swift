import BillingContract
import ContractKit
import Foundation
import Postgres

/// Every statement about invoices, their lines and their taxes.
struct InvoiceStore {
    let tx: Transaction
    let organizationID: OrganizationID

    struct Row: Decodable, Sendable, Versioned {
        var invoiceID: InvoiceID
        var memberID: PersonID
        var period: LocalDay
        var currency: CurrencyCode
        var status: InvoiceStatus
        var number: Int64?
        var total: Int64?
        var paid: Int64
        var issuedAt: Date?
        var dueOn: LocalDay?
        var version: Int64
        var createdAt: Date
    }

    struct LineRow: Decodable, Sendable {
        var invoiceID: InvoiceID
        var lineID: Identifier<InvoiceLineTag>
        var sessionID: SessionID?
        var bookingID: BookingID?
        var description: String
        var quantity: Int
        var unitPrice: Int64
        var amount: Int64
    }

    struct TaxRow: Decodable, Sendable {
        var invoiceID: InvoiceID
        var code: String
        var millionths: Int64
        var amount: Int64
    }

    /// One attended session, as it becomes a line.
    struct Attendance: Sendable {
        var sessionID: SessionID
        var bookingID: BookingID
        var memberID: PersonID
        var description: String
        var price: Money
        var period: LocalDay
    }

    private static let columns: SQL = """
        invoice_id, member_id, period, currency, status, number, total, paid, issued_at, due_on, version, created_at
        """

    // MARK: Reading

    func page(member: PersonID?, after cursor: Cursor?, limit: PageLimit) async throws -> [Row] {
        // What was not asked for is left out: `$1 IS NULL OR ...` behind row-level security would never use an index.
        let isMembers: SQL = member.map { "AND member_id = \($0)" } ?? ""
        let last = try cursor?.momentAndID(of: InvoiceTag.self)
        let isEarlier: SQL = last.map { "AND (created_at, invoice_id) < (\($0), \($1))" } ?? ""
        return try await tx.query(
            """
            SELECT \(Self.columns) FROM invoices
            WHERE organization_id = \(organizationID) \(isMembers) \(isEarlier)
            ORDER BY created_at DESC, invoice_id DESC
            LIMIT \(limit.rawValue + 1)
            """)
    }

    func invoice(_ id: InvoiceID) async throws -> Row? {
        try await tx.first(
            "SELECT \(Self.columns) FROM invoices WHERE organization_id = \(organizationID) AND invoice_id = \(id)")
    }

    /// The invoice with its row locked, so that what is decided about it holds until the transaction ends.
    func locked(_ id: InvoiceID) async throws -> Row? {
        try await tx.first(
            "SELECT \(Self.columns) FROM invoices WHERE organization_id = \(organizationID) AND invoice_id = \(id) FOR UPDATE")
    }

    func lines(of invoices: [InvoiceID]) async throws -> [LineRow] {
        try await tx.query(
            """
            SELECT invoice_id, line_id, session_id, booking_id, description, quantity, unit_price, amount FROM invoice_lines
            WHERE organization_id = \(organizationID) AND invoice_id = ANY (\(invoices)::uuid[])
            ORDER BY invoice_id, created_at, line_id
            """)
    }

    func taxes(of invoices: [InvoiceID]) async throws -> [TaxRow] {
        try await tx.query(
            """
            SELECT invoice_id, code, millionths, amount FROM invoice_taxes
            WHERE organization_id = \(organizationID) AND invoice_id = ANY (\(invoices)::uuid[])
            ORDER BY invoice_id, position
            """)
    }

    // MARK: Writing

    /// Puts an attendance on the member's open draft of its month. A booking that is billed already stays as it is.
    func bill(_ attendance: Attendance, now: Date) async throws {
        struct Found: Decodable, Sendable { var invoiceID: InvoiceID }
        let billed: Found? = try await tx.first(
            """
            SELECT invoice_id FROM invoice_lines
            WHERE organization_id = \(organizationID) AND session_id = \(attendance.sessionID) AND booking_id = \(attendance.bookingID)
            """)
        guard billed == nil else { return }
        // The update locks the draft: a sending that runs at the same moment comes wholly before this line or after it.
        let draft: Found? = try await tx.first(
            """
            INSERT INTO invoices (organization_id, invoice_id, member_id, period, currency)
            VALUES (\(organizationID), \(InvoiceID(now: now)), \(attendance.memberID), \(attendance.period)::date, \(attendance.price.currency))
            ON CONFLICT (organization_id, member_id, period, currency) WHERE status = 'draft'
            DO UPDATE SET version = invoices.version + 1, updated_at = now()
            RETURNING invoice_id
            """)
        // Whoever was erased meanwhile is not billed.
        guard let draft else { return }
        tx.later(
            """
            INSERT INTO invoice_lines (organization_id, line_id, invoice_id, session_id, booking_id, member_id,
                                       description, quantity, unit_price, amount)
            VALUES (\(organizationID), \(Identifier<InvoiceLineTag>(now: now)), \(draft.invoiceID), \(attendance.sessionID),
                    \(attendance.bookingID), \(attendance.memberID), \(attendance.description), 1, \(attendance.price.amount),
                    \(attendance.price.amount))
            """)
    }

    /// Takes the organization's next number. Its counter stays locked until the transaction ends.
    func nextNumber() async throws -> Int64 {
        try await tx.one(
            """
            INSERT INTO invoice_counters (organization_id, last_number) VALUES (\(organizationID), 1)
            ON CONFLICT (organization_id) DO UPDATE SET last_number = invoice_counters.last_number + 1
            RETURNING last_number
            """)
    }

    /// Freezes a draft. - Returns: the sent invoice, or nil when it is no draft any more.
    func send(_ id: InvoiceID, number: Int64, total: Int64, issuedAt: Date, dueOn: LocalDay) async throws -> Row? {
        // Nothing to pay is paid: an invoice of zero would wait for a payment that cannot be made.
        try await tx.first(
            """
            UPDATE invoices
            SET status = CASE WHEN \(total)::bigint = 0 THEN 'paid' ELSE 'sent' END, number = \(number), total = \(total)::bigint,
                issued_at = \(issuedAt), due_on = \(dueOn)::date, version = version + 1, updated_at = now()
            WHERE organization_id = \(organizationID) AND invoice_id = \(id) AND status = 'draft'
            RETURNING \(Self.columns)
            """)
    }

    /// Takes away what was not sent to the member yet. - Returns: how many invoices that were.
    func deleteDrafts(of member: PersonID) async throws -> Int {
        // Held first: what is being sent at this moment stays.
        let drafts: [InvoiceID] = try await tx.query(
            """
            SELECT invoice_id FROM invoices WHERE organization_id = \(organizationID) AND member_id = \(member) AND status = 'draft'
            ORDER BY invoice_id FOR UPDATE
            """)
        try await tx.execute(
            "DELETE FROM invoice_lines WHERE organization_id = \(organizationID) AND invoice_id = ANY (\(drafts)::uuid[])")
        return try await tx.execute(
            "DELETE FROM invoices WHERE organization_id = \(organizationID) AND invoice_id = ANY (\(drafts)::uuid[])")
    }

    /// Two people who are one have one draft for each month: the lines of one are put on the other's. - Returns: how many drafts that were.
    func joinDrafts(of duplicate: PersonID, to kept: PersonID) async throws -> Int {
        struct Pair: Decodable, Sendable {
            var draftID: InvoiceID
            var keptDraftID: InvoiceID
        }
        // Held first, in the order of ids: what is being sent at this moment stays, and is moved as it is.
        try await tx.execute(
            """
            SELECT 1 FROM invoices
            WHERE organization_id = \(organizationID) AND member_id IN (\(duplicate), \(kept)) AND status = 'draft'
            ORDER BY invoice_id FOR UPDATE
            """)
        let pairs: [Pair] = try await tx.query(
            """
            SELECT d.invoice_id AS draft_id, k.invoice_id AS kept_draft_id FROM invoices d
            JOIN invoices k ON k.organization_id = d.organization_id AND k.member_id = \(kept) AND k.period = d.period
                AND k.currency = d.currency AND k.status = 'draft'
            WHERE d.organization_id = \(organizationID) AND d.member_id = \(duplicate) AND d.status = 'draft'
            """)
        for pair in pairs {
            try await tx.execute(
                """
                UPDATE invoice_lines SET invoice_id = \(pair.keptDraftID)
                WHERE organization_id = \(organizationID) AND invoice_id = \(pair.draftID)
                """)
            try await tx.execute(
                "DELETE FROM invoices WHERE organization_id = \(organizationID) AND invoice_id = \(pair.draftID) AND status = 'draft'")
            try await tx.execute(
                """
                UPDATE invoices SET version = version + 1, updated_at = now()
                WHERE organization_id = \(organizationID) AND invoice_id = \(pair.keptDraftID)
                """)
        }
        return pairs.count
    }

    func freeze(_ taxes: [(rate: InvoiceRules.Rate, amount: Int64)], of id: InvoiceID) {
        for (position, tax) in taxes.enumerated() {
            tx.later(
                """
                INSERT INTO invoice_taxes (organization_id, invoice_id, position, code, millionths, amount)
                VALUES (\(organizationID), \(id), \(position), \(tax.rate.code), \(tax.rate.rate.millionths), \(tax.amount))
                """)
        }
    }

    /// Counts `amount` as paid. The row is locked by the caller, who has checked what is due; the table checks it again.
    func credit(_ id: InvoiceID, amount: Int64, settles: Bool) async throws -> Row {
        try await tx.one(
            """
            UPDATE invoices
            SET paid = paid + \(amount), status = \(settles ? "paid" : "sent"), version = version + 1, updated_at = now()
            WHERE organization_id = \(organizationID) AND invoice_id = \(id) AND status = 'sent'
            RETURNING \(Self.columns)
            """)
    }
}
