-- What else a trainer is, and where they work.
begin;

alter table auth.trainer_profiles
    add certifications text[] not null default '{}' constraint trainer_profiles_certifications_check check (cardinality(certifications) <= 50),
    -- Sealed, as the rest that trainers say of themselves.
    add experience bytea,
    add health_info bytea,
    add settings jsonb not null default '{}' constraint trainer_profiles_settings_check check (jsonb_typeof(settings) = 'object');
create index trainer_profiles_certifications on auth.trainer_profiles using gin (certifications);

create table auth.trainer_engagements (
    organization_id uuid not null,
    engagement_id uuid not null,
    trainer_id uuid not null,
    location_id uuid not null,
    role text not null default 'contractor' constraint trainer_engagements_role_check check (role in ('contractor', 'employee')),
    status text not null default 'active' constraint trainer_engagements_status_check check (status in ('active', 'ended')),
    -- Days of the location's calendar, both included.
    starts_on date not null,
    ends_on date,
    version bigint not null default 1 constraint trainer_engagements_version_check check (version >= 1),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint trainer_engagements_days_check check (ends_on >= starts_on),
    constraint trainer_engagements_pkey primary key (organization_id, engagement_id),
    constraint trainer_engagements_pair_key unique (organization_id, trainer_id, location_id),
    constraint trainer_engagements_trainer_fkey foreign key (organization_id, trainer_id) references auth.people on delete cascade,
    constraint trainer_engagements_location_fkey foreign key (organization_id, location_id) references auth.locations
);
create index trainer_engagements_of_trainer on auth.trainer_engagements (organization_id, trainer_id);
create index trainer_engagements_of_location on auth.trainer_engagements (organization_id, location_id);

alter table auth.trainer_engagements enable row level security;
alter table auth.trainer_engagements force row level security;
create policy tenant on auth.trainer_engagements to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- Rows are history: the service adds and changes them and never deletes one.
revoke delete on auth.trainer_engagements from auth;

create trigger audit after insert or update or delete on auth.trainer_engagements
    for each row execute function auth.audit('engagement_id');

commit;
