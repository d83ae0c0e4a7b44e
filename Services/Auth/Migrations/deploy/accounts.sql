-- An account is one human who signs in, whatever organizations they are in: it has no tenant, and nothing here can be read without a key.
begin;

create table auth.accounts (
    account_id uuid not null constraint accounts_pkey primary key,
    -- A keyed hash of the normalized address: found exactly, read by nobody.
    email_index bytea not null constraint accounts_email_index_key unique
        constraint accounts_email_index_check check (octet_length(email_index) = 16),
    -- Sealed under the installation's key.
    email bytea not null,
    -- bcrypt over base64(HMAC-SHA-384(pepper, password)).
    password_hash text not null constraint accounts_password_hash_check check (password_hash ~ '^\$2b\$[0-9]{2}\$[./A-Za-z0-9]{53}$'),
    pepper_kid text not null,
    -- Set once somebody has opened a link that was sent there.
    email_verified_at timestamptz,
    password_changed_at timestamptz not null default now(),
    last_login_at timestamptz,
    version bigint not null default 1 constraint accounts_version_check check (version >= 1),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table auth.accounts is 'Platform table: who can sign in, across organizations';

commit;
