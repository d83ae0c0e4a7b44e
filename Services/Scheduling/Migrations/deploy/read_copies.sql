-- What scheduling must know of things that auth owns, kept by its events. Rows are only ever added and updated, each guarded by its
-- version, so foreign keys may point here. Names and addresses stay with auth: nothing here is personal but the ids.

begin;

create table scheduling.organizations (
    organization_id uuid not null,
    kind text not null constraint organizations_kind check (kind in ('gym', 'studio', 'solo')),
    currency text not null constraint organizations_currency check (currency ~ '^[A-Z]{3}$'),
    version bigint not null,
    constraint organizations_pkey primary key (organization_id)
);

create table scheduling.locations (
    organization_id uuid not null,
    location_id uuid not null,
    time_zone text not null,
    is_active boolean not null,
    version bigint not null,
    constraint locations_pkey primary key (organization_id, location_id)
);

create table scheduling.people (
    organization_id uuid not null,
    person_id uuid not null,
    roles text[] not null constraint people_roles check (roles <@ array['owner', 'admin', 'trainer', 'member']),
    is_active boolean not null,
    version bigint not null,
    constraint people_pkey primary key (organization_id, person_id)
);

alter table scheduling.organizations enable row level security, force row level security;
alter table scheduling.locations enable row level security, force row level security;
alter table scheduling.people enable row level security, force row level security;

create policy tenant on scheduling.organizations to scheduling
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));
create policy tenant on scheduling.locations to scheduling
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));
create policy tenant on scheduling.people to scheduling
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- Rows are history: the service adds and changes them and never deletes one.
revoke delete on scheduling.organizations, scheduling.locations, scheduling.people from scheduling;

commit;
