select created_at, updated_at from billing.invoice_lines where false;
select created_at, updated_at from billing.payments where false;
-- Fails, by dividing by zero, unless the tables have their triggers and indexes.
select 1 / (count(*) = 3)::int from pg_trigger where tgname = 'touch' and tgrelid in (
    'billing.invoices'::regclass, 'billing.invoice_lines'::regclass, 'billing.payments'::regclass);
select 1 / (count(*) = 3)::int from pg_class where relnamespace = 'billing'::regnamespace and relname in (
    'invoices_times', 'invoice_lines_times', 'payments_times');
