begin;
drop index auth.locations_parent;
drop index auth.locations_headquarters_key;
alter table auth.locations
    drop constraint locations_parent_fkey, drop constraint locations_deleted_check,
    drop contact, drop business_number, drop parent_id, drop is_headquarters, drop settings, drop deleted_at;
commit;
