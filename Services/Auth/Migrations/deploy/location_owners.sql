-- Who answers for a location, and finding the people who are not let in.
begin;

alter table auth.locations
    add owner_id uuid,
    add constraint locations_owner_fkey foreign key (organization_id, owner_id) references auth.people;
create index locations_owner on auth.locations (organization_id, owner_id) where owner_id is not null;

-- Until now it was the organization's owner. The policies do not apply to the owner of the tables for that long.
alter table auth.locations no force row level security;
alter table auth.people no force row level security;
update auth.locations l set owner_id = (
    select p.person_id from auth.people p
    where p.organization_id = l.organization_id and 'owner' = any(p.roles) and p.deleted_at is null
    order by p.person_id limit 1);
alter table auth.people force row level security;
alter table auth.locations force row level security;

-- Few among many, as trainers are, who have an index already.
create index people_inactive on auth.people (organization_id, person_id) where not is_active and deleted_at is null;

commit;
