-- They belong to accounts, as passwords do: whoever is in three organizations has one authenticator app.
begin;

create table auth.second_factors (
    account_id uuid not null constraint second_factors_pkey primary key
        constraint second_factors_account_fkey references auth.accounts on delete cascade,
    -- What the authenticator app shares, sealed under the installation's key.
    secret bytea not null,
    -- Null until a first code has shown that the app has the secret: until then sign-in does not ask for it.
    enabled_at timestamptz,
    -- The step of the last code that was good: no code is good twice.
    last_step bigint not null default 0 constraint second_factors_last_step_check check (last_step >= 0),
    created_at timestamptz not null default now()
);
comment on table auth.second_factors is 'Platform table: authenticator apps, by account';

create table auth.recovery_codes (
    account_id uuid not null constraint recovery_codes_account_fkey references auth.accounts on delete cascade,
    -- Keyed: whoever reads the table cannot try codes against it.
    code_hash bytea not null constraint recovery_codes_code_hash_check check (octet_length(code_hash) = 16),
    used_at timestamptz,
    created_at timestamptz not null default now(),
    constraint recovery_codes_pkey primary key (account_id, code_hash)
);
comment on table auth.recovery_codes is 'Platform table: what takes the place of a lost authenticator app, once each';

commit;
