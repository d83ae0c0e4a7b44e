begin;

create table auth.organizations (
    organization_id uuid not null,
    name text not null constraint organizations_name_check check (char_length(name) between 1 and 200),
    slug text not null constraint organizations_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$'),
    kind text not null constraint organizations_kind_check check (kind in ('gym', 'studio', 'solo')),
    time_zone text not null constraint organizations_time_zone_check check (char_length(time_zone) between 1 and 64),
    currency text not null constraint organizations_currency_check check (currency ~ '^[A-Z]{3}$'),
    version bigint not null default 1 constraint organizations_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint organizations_pkey primary key (organization_id)
);

alter table auth.organizations enable row level security;
alter table auth.organizations force row level security;
create policy tenant on auth.organizations to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- Short names are unique among all organizations and are looked up before one is chosen, at sign-in. A table of its own, with nothing
-- else in it, keeps that one question out of the tenants' rows.
create table auth.organization_slugs (
    slug text not null constraint organization_slugs_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$'),
    organization_id uuid not null constraint organization_slugs_organization_id_key unique
        constraint organization_slugs_organization_fkey references auth.organizations,
    constraint organization_slugs_pkey primary key (slug)
);
comment on table auth.organization_slugs is 'Platform table: which organization a short name means';

create table auth.tax_rates (
    organization_id uuid not null constraint tax_rates_organization_fkey references auth.organizations,
    code text not null constraint tax_rates_code_check check (char_length(code) between 1 and 20),
    -- 0.05 is 50,000.
    rate_millionths int not null constraint tax_rates_rate_check check (rate_millionths between 0 and 1000000),
    -- Their order on an invoice.
    place int not null constraint tax_rates_place_check check (place between 1 and 10),
    constraint tax_rates_pkey primary key (organization_id, code),
    constraint tax_rates_place_key unique (organization_id, place)
);

alter table auth.tax_rates enable row level security;
alter table auth.tax_rates force row level security;
create policy tenant on auth.tax_rates to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

commit;
