-- Which trainer sees which member: assignments, grants on one member, and the team. When the service narrows a transaction to a person, the
-- policies hide everybody else's members, whatever the statement forgets to ask.
begin;

alter table auth.trainer_profiles
    -- The trainer whom they work under. That nobody is their own lead in the end is seen to under a lock: no constraint can.
    add parent_id uuid constraint trainer_profiles_parent_check check (parent_id <> person_id),
    add constraint trainer_profiles_parent_fkey foreign key (organization_id, parent_id) references auth.trainer_profiles;
create index trainer_profiles_parent on auth.trainer_profiles (organization_id, parent_id);

-- A row that was revoked stays: it says who could see whom, and when.
create table auth.member_grants (
    organization_id uuid not null,
    grant_id uuid not null,
    member_id uuid not null,
    trainer_id uuid not null,
    level text not null default 'read' constraint member_grants_level_check check (level in ('read', 'write', 'admin')),
    granted_by uuid not null,
    granted_at timestamptz not null,
    revoked_at timestamptz,
    version bigint not null default 1 constraint member_grants_version_check check (version >= 1),
    constraint member_grants_pkey primary key (organization_id, grant_id),
    constraint member_grants_member_fkey foreign key (organization_id, member_id) references auth.people on delete cascade,
    constraint member_grants_trainer_fkey foreign key (organization_id, trainer_id) references auth.people on delete cascade,
    constraint member_grants_granted_by_fkey foreign key (organization_id, granted_by) references auth.people on delete cascade
);

create unique index member_grants_once_key on auth.member_grants (organization_id, member_id, trainer_id) where revoked_at is null;
create index member_grants_of_member on auth.member_grants (organization_id, member_id);
create index member_grants_of_trainer on auth.member_grants (organization_id, trainer_id, member_id);
create index member_grants_granted_by on auth.member_grants (organization_id, granted_by);

alter table auth.member_grants enable row level security;
alter table auth.member_grants force row level security;
create policy tenant on auth.member_grants to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));
revoke delete on auth.member_grants from auth;
create trigger audit after insert or update or delete on auth.member_grants
    for each row execute function auth.audit('member_id,trainer_id,grant_id');

-- Those who are in a trainer's own hands, assigned or granted.
create function auth.members_treated_by(of_organization uuid, trainer uuid) returns setof uuid language sql stable parallel safe as $$
    select m.member_id from auth.trainer_members m
    where m.organization_id = of_organization and m.trainer_id = trainer and m.ended_at is null
    union all
    select g.member_id from auth.member_grants g
    where g.organization_id = of_organization and g.trainer_id = trainer and g.revoked_at is null
$$;

-- Those, and the team's: a lead sees the members of everybody below, everybody those of their own lead.
create function auth.members_seen_by(of_organization uuid, trainer uuid) returns setof uuid language sql stable parallel safe as $$
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
$$;

-- Who works here is no secret to those who come here; who else comes here is. The planner expects little of a case: a page of people stays
-- a walk along its index. The function runs once for a statement, and not at all for one's own row.
create policy sight on auth.people as restrictive for select to auth using (
    case
        when (select app.narrowed_to()) is null then true
        when person_id = (select app.narrowed_to()) or roles && array['owner', 'admin', 'trainer'] then true
        else person_id in (select auth.members_seen_by((select app.organization_id()), (select app.narrowed_to())))
    end);
create policy sight on auth.member_profiles as restrictive for select to auth using (
    case
        when (select app.narrowed_to()) is null then true
        when person_id = (select app.narrowed_to()) then true
        else person_id in (select auth.members_seen_by((select app.organization_id()), (select app.narrowed_to())))
    end);

commit;
