-- Changes of these tables are logged in their transaction; the arguments are the id's column and the columns that are left out.
begin;

create trigger audit after insert or update or delete on billing.invoices
    for each row execute function billing.audit('invoice_id');
create trigger audit after insert or update or delete on billing.invoice_lines
    for each row execute function billing.audit('line_id');
create trigger audit after insert or update or delete on billing.invoice_taxes
    for each row execute function billing.audit('invoice_id,position');
create trigger audit after insert or update or delete on billing.payments
    for each row execute function billing.audit('payment_id');

commit;
