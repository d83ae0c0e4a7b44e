-- Where auth says that trainers work, kept by its events as the other read copies are. Of a pair that is not here nothing was ever said.

begin;

create table scheduling.trainer_engagements (
    organization_id uuid not null,
    engagement_id uuid not null,
    trainer_id uuid not null,
    location_id uuid not null,
    is_active boolean not null,
    -- Days of the location's calendar, both included.
    starts_on date not null,
    ends_on date,
    version bigint not null,
    constraint trainer_engagements_pkey primary key (organization_id, engagement_id),
    constraint trainer_engagements_pair unique (organization_id, trainer_id, location_id)
);

alter table scheduling.trainer_engagements enable row level security, force row level security;

create policy tenant on scheduling.trainer_engagements to scheduling
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- Rows are history: the service adds and changes them and never deletes one.
revoke delete on scheduling.trainer_engagements from scheduling;

commit;
