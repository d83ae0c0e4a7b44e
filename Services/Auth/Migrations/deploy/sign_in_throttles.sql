-- Counted by keyed hashes, for addresses that have an account and for those that have none: neither the table nor the answers tell which.
begin;

create table auth.sign_in_failures (
    account_key bytea not null constraint sign_in_failures_pkey primary key
        constraint sign_in_failures_account_key_check check (octet_length(account_key) = 16),
    failures int not null constraint sign_in_failures_failures_check check (failures >= 0),
    blocked_until timestamptz,
    last_failure_at timestamptz not null
);
create index sign_in_failures_last_failure_at on auth.sign_in_failures (last_failure_at);
comment on table auth.sign_in_failures is 'Platform table: wrong passwords by account';

-- A bucket of tries for each network address; only wrong ones take from it.
create table auth.sign_in_addresses (
    address_key bytea not null constraint sign_in_addresses_pkey primary key
        constraint sign_in_addresses_address_key_check check (octet_length(address_key) = 16),
    tries double precision not null,
    counted_at timestamptz not null
);
create index sign_in_addresses_counted_at on auth.sign_in_addresses (counted_at);
comment on table auth.sign_in_addresses is 'Platform table: wrong passwords by network address';

commit;
