begin;
drop index auth.people_inactive;
drop index auth.locations_owner;
alter table auth.locations drop constraint locations_owner_fkey, drop owner_id;
commit;
