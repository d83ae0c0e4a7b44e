-- Keys by which programs call the API in the name of whoever made them. One that was revoked stays as a row: its id is in logs and tokens,
-- and must not come back.
begin;

create table auth.api_keys (
    organization_id uuid not null,
    api_key_id uuid not null,
    -- Who made it: it may do what they may.
    person_id uuid not null,
    name text not null constraint api_keys_name_check check (length(name) between 1 and 200),
    scopes text[] not null constraint api_keys_scopes_check check (cardinality(scopes) between 1 and 30),
    -- SHA-256 of the secret: whoever reads this table cannot use it.
    secret_hash bytea not null constraint api_keys_secret_hash_check check (octet_length(secret_hash) = 32),
    created_at timestamptz not null,
    last_used_at timestamptz,
    expires_at timestamptz constraint api_keys_expires_check check (expires_at > created_at),
    revoked_at timestamptz,
    -- Counts how often its tokens were ended: each such event has a version of its own.
    version bigint not null default 1 constraint api_keys_version_check check (version >= 1),
    constraint api_keys_pkey primary key (organization_id, api_key_id),
    constraint api_keys_person_fkey foreign key (organization_id, person_id) references auth.people on delete cascade
);

create index api_keys_person on auth.api_keys (organization_id, person_id);

alter table auth.api_keys enable row level security;
alter table auth.api_keys force row level security;
create policy tenant on auth.api_keys to auth
    using (organization_id = (select app.organization_id()))
    with check (organization_id = (select app.organization_id()));

commit;
