-- Who is booked to whom, as scheduling tells: a trainer sees those who come to their sessions.
begin;

create table auth.booked_members (
    organization_id uuid not null,
    trainer_id uuid not null,
    member_id uuid not null,
    -- Those that were not cancelled. Each event counts once, in whatever order they come.
    bookings integer not null,
    constraint booked_members_pkey primary key (organization_id, trainer_id, member_id)
);

alter table auth.booked_members enable row level security;
alter table auth.booked_members force row level security;
create policy tenant on auth.booked_members to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- As before, and those who are booked.
create or replace function auth.members_seen_by(of_organization uuid, trainer uuid) returns setof uuid
language sql stable parallel safe as $$
    with recursive below (person_id) as (
        select trainer
        -- Not "all": a circle, should there ever be one, ends here.
        union
        select t.person_id from below b join auth.trainer_profiles t on t.organization_id = of_organization and t.parent_id = b.person_id)
    select m.member_id from auth.trainer_members m
    where m.organization_id = of_organization and m.ended_at is null and m.trainer_id in (
        select b.person_id from below b
        union all
        select t.parent_id from auth.trainer_profiles t where t.organization_id = of_organization and t.person_id = trainer)
    union all
    select g.member_id from auth.member_grants g
    where g.organization_id = of_organization and g.trainer_id = trainer and g.revoked_at is null
    union all
    select b.member_id from auth.booked_members b
    where b.organization_id = of_organization and b.trainer_id = trainer and b.bookings > 0
$$;

commit;
