-- A person is a human inside one organization. Name, address and number are sealed under a key of the person's own; keyed hashes
-- beside them answer "who is this exact address?" and "whose name holds these letters?".
begin;

create table auth.people (
    organization_id uuid not null constraint people_organization_fkey references auth.organizations,
    person_id uuid not null,
    -- Null until they can sign in.
    account_id uuid constraint people_account_fkey references auth.accounts,
    roles text[] not null constraint people_roles_check
        check (cardinality(roles) between 1 and 4 and roles <@ array['owner', 'admin', 'trainer', 'member']),
    full_name bytea not null,
    email bytea,
    -- Keyed per organization: equal addresses do not match across tenants.
    email_index bytea constraint people_email_index_check check ((email_index is null) = (email is null) and octet_length(email_index) = 16),
    phone bytea,
    is_active boolean not null default true,
    last_login_at timestamptz,
    version bigint not null default 1 constraint people_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- Hidden from everyone from then on; erasing is another matter.
    deleted_at timestamptz,
    constraint people_deleted_check check (deleted_at is null or not is_active),
    constraint people_pkey primary key (organization_id, person_id)
);

create unique index people_email_key on auth.people (organization_id, email_index) where deleted_at is null;
create unique index people_account_key on auth.people (organization_id, account_id) where deleted_at is null;
-- Sign-in asks across organizations; it also serves the foreign key.
create index people_account on auth.people (account_id) where account_id is not null;
-- Trainers are few among many people.
create index people_trainers on auth.people (organization_id, person_id) where 'trainer' = any(roles) and deleted_at is null;

alter table auth.people enable row level security;
alter table auth.people force row level security;
create policy tenant on auth.people to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));
-- Whoever has proved to be this human may see where they are known, and choose: at sign-in, before an organization is set.
create policy own_account on auth.people for select to auth
    using (account_id = (select app.account_id()));

create table auth.person_keys (
    organization_id uuid not null,
    person_id uuid not null,
    -- The person's data key under a master key. Deleting the row makes the person unreadable for ever.
    wrapped bytea not null,
    created_at timestamptz not null default now(),
    constraint person_keys_pkey primary key (organization_id, person_id),
    constraint person_keys_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);

alter table auth.person_keys enable row level security;
alter table auth.person_keys force row level security;
create policy tenant on auth.person_keys to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

-- The letters of a name, three at a time, each as a keyed hash: search by part of a name without a name in the clear.
create table auth.person_name_grams (
    organization_id uuid not null,
    gram bytea not null constraint person_name_grams_gram_check check (octet_length(gram) = 16),
    person_id uuid not null,
    constraint person_name_grams_pkey primary key (organization_id, gram, person_id),
    constraint person_name_grams_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);
create index person_name_grams_person on auth.person_name_grams (organization_id, person_id);

alter table auth.person_name_grams enable row level security;
alter table auth.person_name_grams force row level security;
create policy tenant on auth.person_name_grams to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

create table auth.member_profiles (
    organization_id uuid not null,
    person_id uuid not null,
    joined_at timestamptz not null default now(),
    constraint member_profiles_pkey primary key (organization_id, person_id),
    constraint member_profiles_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);

alter table auth.member_profiles enable row level security;
alter table auth.member_profiles force row level security;
create policy tenant on auth.member_profiles to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

create table auth.trainer_profiles (
    organization_id uuid not null,
    person_id uuid not null,
    specializations text[] not null default '{}' constraint trainer_profiles_specializations_check check (cardinality(specializations) <= 50),
    constraint trainer_profiles_pkey primary key (organization_id, person_id),
    constraint trainer_profiles_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);

alter table auth.trainer_profiles enable row level security;
alter table auth.trainer_profiles force row level security;
create policy tenant on auth.trainer_profiles to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

commit;
