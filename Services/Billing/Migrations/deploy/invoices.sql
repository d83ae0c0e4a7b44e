-- Deploy billing:invoices to pg

BEGIN;

SET LOCAL search_path = billing;

-- Read copy, fed by auth.organization.created: what invoices are written in.
CREATE TABLE organizations (
    organization_id uuid        NOT NULL,
    currency        text        NOT NULL CONSTRAINT organizations_currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$'),
    time_zone       text        NOT NULL,
    version         bigint      NOT NULL,
    CONSTRAINT organizations_pkey PRIMARY KEY (organization_id)
);

-- What an organization charges on top, in the order in which invoices show it.
CREATE TABLE tax_rates (
    organization_id uuid    NOT NULL,
    position        int     NOT NULL,
    code            text    NOT NULL,
    millionths      bigint  NOT NULL CONSTRAINT tax_rates_are_fractions CHECK (millionths BETWEEN 0 AND 1000000),
    CONSTRAINT tax_rates_pkey PRIMARY KEY (organization_id, position),
    CONSTRAINT tax_rates_organization FOREIGN KEY (organization_id) REFERENCES organizations
);

-- The next number of each organization. The row stays locked until the sending transaction ends: that is what makes
-- numbers gapless, where a sequence would lose one with every rollback.
CREATE TABLE invoice_counters (
    organization_id uuid    NOT NULL,
    last_number     bigint  NOT NULL CONSTRAINT invoice_counters_count_up CHECK (last_number >= 0),
    CONSTRAINT invoice_counters_pkey PRIMARY KEY (organization_id)
);

CREATE TABLE invoices (
    organization_id uuid        NOT NULL,
    invoice_id      uuid        NOT NULL,
    member_id       uuid        NOT NULL,
    -- The first day of the month it covers, in the zone of the place where the sessions were held.
    period          date        NOT NULL CONSTRAINT invoices_cover_a_month CHECK (extract(day FROM period) = 1),
    currency        text        NOT NULL CONSTRAINT invoices_currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$'),
    -- 'overdue' is not stored: it follows from due_on and today.
    status          text        NOT NULL DEFAULT 'draft'
        CONSTRAINT invoices_status CHECK (status IN ('draft', 'sent', 'paid', 'cancelled')),
    number          bigint,
    -- Frozen when it is sent; a draft's total follows from its lines and today's rates.
    total           bigint,
    paid            bigint      NOT NULL DEFAULT 0,
    issued_at       timestamptz,
    due_on          date,
    version         bigint      NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT invoices_pkey PRIMARY KEY (organization_id, invoice_id),
    CONSTRAINT invoices_sent_ones_are_frozen CHECK (
        status IN ('draft', 'cancelled') OR (number IS NOT NULL AND total IS NOT NULL AND issued_at IS NOT NULL AND due_on IS NOT NULL)),
    CONSTRAINT invoices_never_overpaid CHECK (paid BETWEEN 0 AND coalesce(total, 0)),
    CONSTRAINT invoices_paid_when_settled CHECK ((status = 'paid') = (total IS NOT NULL AND paid = total AND status <> 'cancelled'))
);

CREATE UNIQUE INDEX invoices_one_number ON invoices (organization_id, number);
-- New lines find their draft by it, and two reactions at once cannot open two.
CREATE UNIQUE INDEX invoices_one_open_draft ON invoices (organization_id, member_id, period, currency) WHERE status = 'draft';
CREATE INDEX invoices_newest_first ON invoices (organization_id, created_at DESC, invoice_id DESC);
CREATE INDEX invoices_of_a_member ON invoices (organization_id, member_id, created_at DESC, invoice_id DESC);

CREATE TABLE invoice_lines (
    organization_id uuid        NOT NULL,
    line_id         uuid        NOT NULL,
    invoice_id      uuid        NOT NULL,
    session_id      uuid,
    booking_id      uuid,
    member_id       uuid        NOT NULL,
    description     text        NOT NULL,
    quantity        int         NOT NULL CONSTRAINT invoice_lines_quantity CHECK (quantity BETWEEN 1 AND 10000),
    unit_price      bigint      NOT NULL,
    amount          bigint      NOT NULL CONSTRAINT invoice_lines_add_up CHECK (amount = unit_price * quantity),
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT invoice_lines_pkey PRIMARY KEY (organization_id, line_id),
    CONSTRAINT invoice_lines_invoice FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices
);

-- The second fence behind the inbox: a session and member are billed once, however often the event arrives.
CREATE UNIQUE INDEX invoice_lines_billed_once ON invoice_lines (organization_id, session_id, member_id);
CREATE INDEX invoice_lines_of_an_invoice ON invoice_lines (organization_id, invoice_id, created_at, line_id);

-- The taxes as they stood when the invoice was sent.
CREATE TABLE invoice_taxes (
    organization_id uuid    NOT NULL,
    invoice_id      uuid    NOT NULL,
    position        int     NOT NULL,
    code            text    NOT NULL,
    millionths      bigint  NOT NULL CONSTRAINT invoice_taxes_are_fractions CHECK (millionths BETWEEN 0 AND 1000000),
    amount          bigint  NOT NULL,
    CONSTRAINT invoice_taxes_pkey PRIMARY KEY (organization_id, invoice_id, position),
    CONSTRAINT invoice_taxes_invoice FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices
);

CREATE TABLE payments (
    organization_id uuid        NOT NULL,
    payment_id      uuid        NOT NULL,
    invoice_id      uuid        NOT NULL,
    amount          bigint      NOT NULL CONSTRAINT payments_are_positive CHECK (amount > 0),
    method          text        NOT NULL
        CONSTRAINT payments_method CHECK (method IN ('cash', 'cheque', 'e-transfer', 'credit')),
    reference       text,
    received_at     timestamptz NOT NULL,
    recorded_by     uuid        NOT NULL,
    CONSTRAINT payments_pkey PRIMARY KEY (organization_id, payment_id),
    CONSTRAINT payments_invoice FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices
);

CREATE INDEX payments_of_an_invoice ON payments (organization_id, invoice_id, received_at, payment_id);

-- A payment that was taken stays as it was recorded; a mistake is corrected by another entry.
REVOKE UPDATE, DELETE ON payments FROM billing;

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'organizations', 'tax_rates', 'invoice_counters', 'invoices', 'invoice_lines', 'invoice_taxes', 'payments']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY tenant ON %I TO billing USING (organization_id = (SELECT app.organization_id()))
             WITH CHECK (organization_id = (SELECT app.organization_id()))', tenant_table);
    END LOOP;
END
$$;

COMMIT;
