-- When everything was made and changed, by the database's clock where nobody says otherwise, and an index on every date.
begin;

alter table billing.invoice_lines add updated_at timestamptz not null default now();
alter table billing.payments
    add created_at timestamptz not null default now(),
    add updated_at timestamptz not null default now();

-- What is there says when it came. The policies do not apply to the owner of the tables for that long, and nothing is changed that belongs
-- into the log.
alter table billing.invoice_lines no force row level security, disable trigger user;
alter table billing.payments no force row level security, disable trigger user;
update billing.invoice_lines set updated_at = created_at;
update billing.payments set created_at = received_at, updated_at = received_at;
alter table billing.invoice_lines force row level security, enable trigger user;
alter table billing.payments force row level security, enable trigger user;

call billing.touch_on('invoices');
call billing.touch_on('invoice_lines');
call billing.touch_on('payments');

-- Block ranges: reports and operators ask by time, no statement of the service does, and an insert pays next to nothing. A draft that gets a
-- line is written to its indexes anew: a few times in its month.
create index invoices_times on billing.invoices using brin (updated_at, period, issued_at, due_on);
create index invoice_lines_times on billing.invoice_lines using brin (created_at, updated_at);
create index payments_times on billing.payments using brin (created_at, updated_at, received_at);

commit;
