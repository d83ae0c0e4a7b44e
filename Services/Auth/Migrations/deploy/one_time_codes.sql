-- Codes that are mailed at sign-in to those who have no authenticator app: the last one of each account. Without a secret to share, their
-- second factor is a row that has none.
begin;

alter table auth.second_factors alter column secret drop not null;
alter table auth.second_factors add constraint second_factors_secret_check check (secret is not null or enabled_at is not null);

create table auth.one_time_codes (
    account_id uuid not null constraint one_time_codes_pkey primary key
        constraint one_time_codes_account_fkey references auth.accounts on delete cascade,
    -- Keyed: six digits are soon tried by whoever reads the table.
    code_hash bytea not null constraint one_time_codes_code_hash_check check (octet_length(code_hash) = 16),
    tries int not null default 0 constraint one_time_codes_tries_check check (tries between 0 and 5),
    created_at timestamptz not null,
    expires_at timestamptz not null constraint one_time_codes_expires_check check (expires_at > created_at)
);
create index one_time_codes_expires_at on auth.one_time_codes (expires_at);
comment on table auth.one_time_codes is 'Platform table: codes mailed to those who sign in';

commit;
