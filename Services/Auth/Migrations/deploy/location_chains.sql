begin;

alter table auth.locations
    -- {"phone", "email", "website"}: the business's own, not a person's.
    add contact jsonb constraint locations_contact_check check (contact is null or jsonb_typeof(contact) = 'object'),
    add business_number text constraint locations_business_number_check check (char_length(business_number) between 1 and 200),
    -- The location that this one is a branch of. That nothing is its own branch in the end is seen to under a lock: no constraint can.
    add parent_id uuid constraint locations_parent_check check (parent_id <> location_id),
    add is_headquarters boolean not null default false,
    add settings jsonb not null default '{}' constraint locations_settings_check check (jsonb_typeof(settings) = 'object'),
    -- Hidden from everyone from then on.
    add deleted_at timestamptz,
    add constraint locations_deleted_check check (deleted_at is null or not is_active),
    add constraint locations_parent_fkey foreign key (organization_id, parent_id) references auth.locations;

-- The location of the sign-up is the headquarters until another takes over. The policies do not apply to the owner for that long.
alter table auth.locations no force row level security;
update auth.locations l set is_headquarters = true
where location_id = (select min(o.location_id::text)::uuid from auth.locations o where o.organization_id = l.organization_id);
alter table auth.locations force row level security;

create unique index locations_headquarters_key on auth.locations (organization_id) where is_headquarters and deleted_at is null;
create index locations_parent on auth.locations (organization_id, parent_id, location_id);

commit;
