begin;
drop trigger skip_erased on billing.invoice_lines;
drop trigger skip_erased on billing.invoices;
drop policy erasing on billing.payments;
revoke update (recorded_by) on billing.payments from billing;
commit;
