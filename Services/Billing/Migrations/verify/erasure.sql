-- Fails, by dividing by zero, unless the tables have their triggers, and payments nothing else that can be changed.
select 1 / (count(*) = 2)::int from pg_trigger where tgname = 'skip_erased' and tgrelid in (
    'billing.invoices'::regclass, 'billing.invoice_lines'::regclass);
select 1 / (has_column_privilege('billing', 'billing.payments', 'recorded_by', 'update')
    and not has_column_privilege('billing', 'billing.payments', 'amount', 'update'))::int;
