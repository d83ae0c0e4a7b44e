-- Verify billing:invoices on pg

BEGIN;

SELECT organization_id, currency, time_zone, version FROM billing.organizations WHERE false;
SELECT organization_id, position, code, millionths FROM billing.tax_rates WHERE false;
SELECT organization_id, last_number FROM billing.invoice_counters WHERE false;
SELECT organization_id, invoice_id, member_id, period, currency, status, number, total, paid, issued_at, due_on, version
    FROM billing.invoices WHERE false;
SELECT organization_id, line_id, invoice_id, session_id, booking_id, member_id, description, quantity, unit_price, amount
    FROM billing.invoice_lines WHERE false;
SELECT organization_id, invoice_id, position, code, millionths, amount FROM billing.invoice_taxes WHERE false;
SELECT organization_id, payment_id, invoice_id, amount, method, reference, received_at, recorded_by FROM billing.payments WHERE false;
-- Every table of money must be under forced row-level security.
SELECT 1 / (count(*) >= 7)::int FROM pg_class
    WHERE relnamespace = 'billing'::regnamespace AND relrowsecurity AND relforcerowsecurity;

ROLLBACK;
