begin;

drop policy own_account on auth.people;
create policy own_account on auth.people for select to auth
    using (account_id = (select app.account_id()));

commit;
