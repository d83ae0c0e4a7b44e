-- How an organization is reached and found, and what follows its time zone.
begin;

alter table auth.organizations
    -- The business's own, not a person's. All three or none.
    add contact_email text,
    add contact_phone text,
    -- {"street", "city", "province", "postal_code", "country"}: read and written as one.
    add contact_address jsonb constraint organizations_contact_address_check
        check (contact_address ?& array['street', 'city', 'province', 'postal_code', 'country']),
    -- [{"name", "url"}], in the order they are shown in.
    add social_links jsonb not null default '[]' constraint organizations_social_links_check check (jsonb_typeof(social_links) = 'array'),
    add constraint organizations_contact_check check (num_nonnulls(contact_email, contact_phone, contact_address) in (0, 3));

-- As with short names: looked up before an organization is known, by whoever comes to a web site, and unique among all.
create table auth.organization_domains (
    domain text not null constraint organization_domains_domain_check
        check (domain = lower(domain) and domain ~ '^[a-z0-9.-]{3,253}$'),
    organization_id uuid not null constraint organization_domains_organization_id_key unique
        constraint organization_domains_organization_fkey references auth.organizations,
    constraint organization_domains_pkey primary key (domain)
);
comment on table auth.organization_domains is 'Platform table: which organization a web site''s domain means';
create trigger audit after insert or update or delete on auth.organization_domains
    for each row execute function auth.audit('organization_id');

-- Whether a location was given no zone of its own: it moves with the organization's.
alter table auth.locations add follows_time_zone boolean not null default true;
alter table auth.locations no force row level security;
alter table auth.organizations no force row level security;
update auth.locations l set follows_time_zone = false
from auth.organizations o where o.organization_id = l.organization_id and o.time_zone <> l.time_zone;
alter table auth.organizations force row level security;
alter table auth.locations force row level security;

-- What apps keep with an account.
alter table auth.accounts add metadata jsonb not null default '{}'
    constraint accounts_metadata_check check (jsonb_typeof(metadata) = 'object');

commit;
