-- Erasing a person: what the law keeps names a made-up person instead, and no event brings the one back.
begin;

-- A payment stays as it was recorded, but for who recorded it.
grant update (recorded_by) on billing.payments to billing;
create policy erasing on billing.payments as restrictive for update to billing
    using (recorded_by = (select app.erasing())) with check (true);

create trigger skip_erased before insert on billing.invoices
    for each row execute function billing.skip_erased('member_id');
create trigger skip_erased before insert on billing.invoice_lines
    for each row execute function billing.skip_erased('member_id');

commit;
