-- Merging two people who are one: what either was billed stays billed.
begin;

alter policy erasing on billing.payments
    using (recorded_by = (select app.erasing()) or recorded_by = (select app.merging()));

-- By its booking: two people who turn out to be one may both have been in a session, and both lines stay.
drop index billing.invoice_lines_billed_once;
create unique index invoice_lines_billed_once on billing.invoice_lines (organization_id, session_id, booking_id);

commit;
