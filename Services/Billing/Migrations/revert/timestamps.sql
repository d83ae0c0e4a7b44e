begin;

drop index billing.invoices_times, billing.invoice_lines_times, billing.payments_times;
drop trigger touch on billing.payments;
drop trigger touch on billing.invoice_lines;
drop trigger touch on billing.invoices;
alter table billing.payments drop created_at, drop updated_at;
alter table billing.invoice_lines drop updated_at;

commit;
