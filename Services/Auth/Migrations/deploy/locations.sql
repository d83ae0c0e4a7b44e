begin;

create table auth.locations (
    organization_id uuid not null constraint locations_organization_fkey references auth.organizations,
    location_id uuid not null,
    name text not null constraint locations_name_check check (char_length(name) between 1 and 200),
    time_zone text not null constraint locations_time_zone_check check (char_length(time_zone) between 1 and 64),
    -- {"street", "city", "province", "postal_code", "country"}: read and written as one.
    address jsonb constraint locations_address_check check (address is null or address ?& array['street', 'city', 'province', 'postal_code', 'country']),
    is_active boolean not null default true,
    version bigint not null default 1 constraint locations_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint locations_pkey primary key (organization_id, location_id)
);

alter table auth.locations enable row level security;
alter table auth.locations force row level security;
create policy tenant on auth.locations to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

commit;
