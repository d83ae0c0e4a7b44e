begin;

drop trigger audit on billing.payments;
drop trigger audit on billing.invoice_taxes;
drop trigger audit on billing.invoice_lines;
drop trigger audit on billing.invoices;

commit;
