begin;
drop trigger skip_erased on auth.booked_members;
delete from auth.member_grants where granted_by is null;
alter table auth.member_grants
    alter column granted_by set not null,
    drop constraint member_grants_granted_by_fkey,
    add constraint member_grants_granted_by_fkey foreign key (organization_id, granted_by) references auth.people on delete cascade;
drop table auth.erasure_requests;
commit;
