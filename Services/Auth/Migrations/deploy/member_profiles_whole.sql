-- What a member says of themselves, sealed like their name, and what the place keeps with them.
begin;

alter table auth.member_profiles
    -- Both are there as soon as somebody has written the profile.
    add training_phase bytea,
    add motivation bytea,
    add date_of_birth bytea,
    -- {"full_name", "phone", "relationship"}
    add emergency_contact bytea,
    add source text constraint member_profiles_source_check check (source in ('referral', 'walk-in', 'online', 'other')),
    add home_location_id uuid,
    add preferences jsonb not null default '{}' constraint member_profiles_preferences_check check (jsonb_typeof(preferences) = 'object'),
    add metadata jsonb not null default '{}' constraint member_profiles_metadata_check check (jsonb_typeof(metadata) = 'object'),
    add version bigint not null default 1 constraint member_profiles_version_check check (version >= 1),
    add updated_at timestamptz not null default now(),
    add constraint member_profiles_written_check check ((training_phase is null) = (motivation is null)),
    add constraint member_profiles_home_location_fkey foreign key (organization_id, home_location_id) references auth.locations;

create index member_profiles_home_location on auth.member_profiles (organization_id, home_location_id, person_id);
-- For those who look at the data without the policies: what an application keeps, by any of its keys. Behind policies no index serves "@>",
-- which might tell of rows that are hidden.
create index member_profiles_metadata on auth.member_profiles using gin (metadata jsonb_path_ops);

-- Apart from the profile, as fewer may read it.
create table auth.member_health (
    organization_id uuid not null,
    person_id uuid not null,
    special_situation bytea not null,
    -- {"conditions", "medications", "allergies"}
    medical_info bytea not null,
    goals bytea,
    version bigint not null default 1 constraint member_health_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint member_health_pkey primary key (organization_id, person_id),
    constraint member_health_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);

alter table auth.member_health enable row level security;
alter table auth.member_health force row level security;
create policy tenant on auth.member_health to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));
create policy sight on auth.member_health as restrictive for select to auth using (
    case
        when (select app.narrowed_to()) is null then true
        when person_id = (select app.narrowed_to()) then true
        else person_id in (select auth.members_treated_by((select app.organization_id()), (select app.narrowed_to())))
    end);

create trigger audit after insert or update or delete on auth.member_health
    for each row execute function auth.audit('person_id');

commit;
