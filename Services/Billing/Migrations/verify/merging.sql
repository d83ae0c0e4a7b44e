select 1 / (pg_get_indexdef('billing.invoice_lines_billed_once'::regclass) ~ 'booking_id')::int;
