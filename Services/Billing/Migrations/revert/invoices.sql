-- Revert billing:invoices from pg

BEGIN;

DROP TABLE billing.payments, billing.invoice_taxes, billing.invoice_lines, billing.invoices, billing.invoice_counters,
    billing.tax_rates, billing.organizations;

COMMIT;
